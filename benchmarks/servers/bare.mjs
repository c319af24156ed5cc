// A handler without anything around it, for dispatch.mjs.
import { createServer } from '@windhover/server';

const server = createServer(({ response }) => {
  response.status = 200;
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = 'hello';
});
const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
console.log(`http://${name}`);

// The same as bare.mjs where an application pool wants it: a Unix socket.
import { createServer } from '@windhover/server';

const server = createServer(({ response }) => {
  response.status = 200;
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = 'hello';
});
await server.listen({ path: process.env.WINDHOVER_SOCKET });

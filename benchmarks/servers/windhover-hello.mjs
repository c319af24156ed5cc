import { createServer } from '@windhover/server';

const server = createServer(({ response }) => {
  response.status = 200;
  response.headers.set('content-type', 'text/plain');
  response.body = 'Hello, world\n';
});
await server.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
process.once('SIGTERM', () => server.close({ timeoutMs: 0 }));

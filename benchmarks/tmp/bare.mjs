import { createServer } from '@windhover/server';
const body = 'hello';
const s = createServer(({ response }) => { response.status = 200; response.headers.set('Content-Type','text/plain; charset=utf-8'); response.body = body; });
const l = await s.listen({ port: 0, host: '127.0.0.1' }); console.log(l.port);

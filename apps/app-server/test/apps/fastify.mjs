// What people have: multipart, cookies, schemas, streams.
import { Readable } from 'node:stream';
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import Fastify from 'fastify';

const app = Fastify({ trustProxy: true });
await app.register(cookie, { secret: 'a test' });
await app.register(multipart);
app.get('/', async (_request, reply) =>
  reply.type('text/html').send('<!doctype html><title>Fastify</title><p id="said">Hello</p>'),
);
app.get('/visits', async (request, reply) => {
  const before = request.unsignCookie(request.cookies.visits ?? '');
  const visits = Number(before.valid ? before.value : 0) + 1;
  reply.setCookie('visits', String(visits), { signed: true, path: '/' });
  return { visits };
});
app.post('/upload', async (request) => {
  const file = await request.file();
  const bytes = await file.toBuffer();
  return { name: file.filename, size: bytes.length };
});
const body = { type: 'object', required: ['amount'], properties: { amount: { type: 'integer', minimum: 1 } } };
app.post('/orders', { schema: { body } }, async (request) => ({ doubled: request.body.amount * 2 }));
app.get('/stream', async (_request, reply) => reply.type('text/plain').send(Readable.from(['one ', 'two ', 'three'])));
app.get('/who', async (request) => ({ ip: request.ip, protocol: request.protocol, host: request.host }));

let closed = false;
app.addHook('onClose', async () => {
  closed = true;
});
process.once('exit', () => {
  if (closed) console.log('onClose was called');
});

export default { fastify: app };

import replyFrom from '@fastify/reply-from';
import fastify from 'fastify';

const app = fastify();
await app.register(replyFrom, { base: `http://127.0.0.1:${process.argv[3]}` });
app.all('*', (_request, reply) => reply.from());
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });

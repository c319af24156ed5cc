import { Readable } from 'node:stream';
import Fastify from 'fastify';
import { keepAliveTimeoutMs, pieces, summary, text, textType } from './lib/answers.mjs';
import { certificate, port, work } from './lib/parameters.mjs';

// Without a schema for answers, because the other servers have none.
const routes = {
  hello: (app) => app.get('/', (_request, reply) => reply.type(textType).send(text)),
  async: (app) =>
    app.get('/', async (_request, reply) => {
      await null;
      reply.type(textType);
      return text;
    }),
  order: (app) => app.post('/', async (request) => summary(request.body)),
  stream: (app) => app.get('/', (_request, reply) => reply.type(textType).send(Readable.from(pieces))),
};

const app = Fastify({ https: certificate, keepAliveTimeout: keepAliveTimeoutMs });
routes[work](app);
await app.listen({ host: '127.0.0.1', port });

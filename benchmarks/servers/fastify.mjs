import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import compress from '@fastify/compress';
import Fastify from 'fastify';
import { jsonType, keepAliveTimeoutMs, levels, pieces, rows, summary, text, textType } from './lib/answers.mjs';
import { certificate, port, work } from './lib/parameters.mjs';

const compressed = async (app) => {
  await app.register(compress, {
    zlibOptions: { level: levels.gzip },
    brotliOptions: { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: levels.br } },
  });
  app.get('/', (_request, reply) => reply.type(jsonType).send(JSON.stringify(rows)));
};

// Without a schema for answers, because the other servers have none.
const routes = {
  gzip: compressed,
  br: compressed,
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
await routes[work](app);
await app.listen({ host: '127.0.0.1', port });

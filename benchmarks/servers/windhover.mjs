import { compression } from '@windhover/compression';
import { compose } from '@windhover/core';
import { createServer } from '@windhover/server';
import { jsonType, levels, pieces, rows, summary, text, textType } from './lib/answers.mjs';
import { certFile, certificate, keyFile, port, work } from './lib/parameters.mjs';

function hello({ response }) {
  response.status = 200;
  response.headers.set('Content-Type', textType);
  response.body = text;
}

const compressed = compose([compression({ levels })], ({ response }) => {
  response.status = 200;
  response.headers.set('Content-Type', jsonType);
  response.body = JSON.stringify(rows);
});

const handlers = {
  hello,
  gzip: compressed,
  br: compressed,
  async: async (context) => {
    await null;
    hello(context);
  },
  order: async ({ request, response }) => {
    const order = await request.body.json();
    response.status = 200;
    response.headers.set('Content-Type', jsonType);
    response.body = JSON.stringify(summary(order));
  },
  stream: ({ response }) => {
    response.status = 200;
    response.headers.set('Content-Type', textType);
    response.body = stream();
  },
};

async function* stream() {
  yield* pieces;
}

const server = createServer(handlers[work]);
await server.listen({ host: '127.0.0.1', port }, await listenOptions());
process.once('SIGTERM', () => server.close({ timeoutMs: 0 }));

async function listenOptions() {
  if (certificate === null) return {};
  const { createTls } = await import('@windhover/transport');
  // The suite that the others choose, so that all encrypt alike; our own default is AES-128.
  return { tls: await createTls({ certificate: { certFile, keyFile }, ciphers: 'TLS_AES_256_GCM_SHA384' }) };
}

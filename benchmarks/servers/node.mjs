import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import zlib from 'node:zlib';
import compression from 'compression';
import { jsonType, keepAliveTimeoutMs, levels, pieces, rows, summary, text, textType } from './lib/answers.mjs';
import { certificate, port, work } from './lib/parameters.mjs';

function hello(_request, response) {
  response.setHeader('Content-Type', textType);
  response.end(text);
}

const compress = compression({
  level: levels.gzip,
  brotli: { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: levels.br } },
});

function compressed(request, response) {
  compress(request, response, () => {
    response.setHeader('Content-Type', jsonType);
    response.end(JSON.stringify(rows));
  });
}

const handlers = {
  hello,
  gzip: compressed,
  br: compressed,
  async: async (request, response) => {
    await null;
    hello(request, response);
  },
  order: (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('Content-Type', jsonType);
      response.end(JSON.stringify(summary(JSON.parse(Buffer.concat(chunks).toString()))));
    });
  },
  stream: async (_request, response) => {
    response.setHeader('Content-Type', textType);
    for (const piece of pieces) {
      if (!response.write(piece)) await once(response, 'drain');
    }
    response.end();
  },
};

const options = { keepAliveTimeout: keepAliveTimeoutMs };
const handler = handlers[work];
const server =
  certificate === null
    ? http.createServer(options, handler)
    : https.createServer({ ...options, ...certificate }, handler);
server.listen(port, '127.0.0.1');

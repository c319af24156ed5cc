import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { jsonType, keepAliveTimeoutMs, pieces, summary, text, textType } from './lib/answers.mjs';
import { certificate, port, work } from './lib/parameters.mjs';

function hello(_request, response) {
  response.setHeader('Content-Type', textType);
  response.end(text);
}

const handlers = {
  hello,
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

// A small API for the demo: plain node:http, without Windhover. PORT (default 8081) names the instance.
import { createServer } from 'node:http';
import { pipeline } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const maxBigBytes = 1_000_000_000;
let answered = 0;

const routes = {
  '/api/time': (_, response) => sendJson(response, { time: new Date().toISOString(), instance: server.address().port }),
  '/api/instance': (_, response) => sendJson(response, { instance: server.address().port, answered: ++answered }),
  '/api/headers': (request, response) =>
    sendJson(response, { method: request.method, url: request.url, headers: request.headers }),
  '/api/slow': async (_, response) => {
    await sleep(3000);
    sendJson(response, { slow: true });
  },
  '/api/ticks': streamTicks,
  '/api/upload': countUpload,
  '/api/big': sendBig,
};

/** Five server-sent events, one every half second. Ends early if the client goes away. */
async function streamTicks(_, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  for (let tick = 1; tick <= 5 && !response.destroyed; tick++) {
    response.write(`data: tick ${tick} at ${new Date().toISOString()}\n\n`);
    await sleep(500);
  }
  response.end();
}

async function countUpload(request, response) {
  const startedAt = performance.now();
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  sendJson(response, { bytes, milliseconds: Math.round(performance.now() - startedAt) });
}

function sendBig(request, response) {
  const asked = Number(new URL(request.url, 'http://localhost').searchParams.get('bytes') ?? 1_000_000);
  if (!Number.isInteger(asked) || asked < 0 || asked > maxBigBytes) {
    sendJson(response, { error: `bytes must be a whole number up to ${maxBigBytes}` }, 400);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': asked });
  pipeline(zeros(asked), response, () => undefined); // ends when the client goes away
}

function* zeros(count) {
  const chunk = Buffer.alloc(64 * 1024);
  for (let left = count; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk;
}

function sendJson(response, value, status = 200) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(value)}\n`);
}

const server = createServer(async (request, response) => {
  const [path] = request.url.split('?');
  try {
    if (Object.hasOwn(routes, path)) await routes[path](request, response);
    else sendJson(response, { error: 'Not found' }, 404);
  } catch (error) {
    response.destroy(); // the client went away during its upload
    if (error.code !== 'ECONNRESET') throw error;
  }
});

const { PORT: port = 8081, HOST: host = '127.0.0.1' } = process.env;
server.listen(Number(port), host, () => {
  console.log(`API ready on http://${host}:${server.address().port}/api/time`);
});

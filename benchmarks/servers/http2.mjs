// The server of http2.mjs: `ours`, or `node` for a bare handler of node:http2. A third argument is the folder of a certificate.
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { createServer } from '@windhover/server';
import { createTls } from '@windhover/transport';

const [kind, folder] = process.argv.slice(2);
const big = Buffer.alloc(2 ** 20, 'x');
const type = 'text/plain; charset=utf-8';

async function ours() {
  const server = createServer(({ request, response }) => {
    response.headers.set('Content-Type', type);
    response.body = request.path === '/big' ? big : 'Hello, world\n';
  });
  const certificate = { certFile: `${folder}/certificate.pem`, keyFile: `${folder}/key.pem` };
  const tls = folder === undefined ? {} : { tls: await createTls({ certificate, alpnProtocols: ['h2', 'http/1.1'] }) };
  return (await server.listen({ host: '127.0.0.1', port: 0 }, { http2: 'prior-knowledge', ...tls })).name;
}

function bare() {
  const read = (name) => readFileSync(`${folder}/${name}.pem`);
  const server =
    folder === undefined
      ? http2.createServer()
      : http2.createSecureServer({ cert: read('certificate'), key: read('key') });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const body = headers[':path'] === '/big' ? big : 'Hello, world\n';
    stream.respond({ ':status': 200, 'content-type': type, 'content-length': body.length });
    stream.end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${server.address().port}`));
  });
}

console.log(`http://${await (kind === 'ours' ? ours() : bare())}`);

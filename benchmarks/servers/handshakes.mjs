// The server of handshakes.mjs: `ours`, or `node` for node:https. The second argument is the folder of a certificate.
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createServer } from '@windhover/server';
import { createTls } from '@windhover/transport';

const [kind, folder] = process.argv.slice(2);
const text = 'Hello, world\n';
const type = 'text/plain; charset=utf-8';

async function ours() {
  const server = createServer(({ response }) => {
    response.headers.set('Content-Type', type);
    response.body = text;
  });
  const tls = await createTls({ certificate: { certFile: `${folder}/certificate.pem`, keyFile: `${folder}/key.pem` } });
  return (await server.listen({ host: '127.0.0.1', port: 0 }, { tls })).name;
}

function bare() {
  const read = (name) => readFileSync(`${folder}/${name}.pem`);
  const server = https.createServer({ cert: read('certificate'), key: read('key') }, (_request, response) => {
    response.setHeader('Content-Type', type);
    response.end(text);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${server.address().port}`));
  });
}

console.log(`http://${await (kind === 'ours' ? ours() : bare())}`);

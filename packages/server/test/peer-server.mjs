// A server in a process of its own, for tests with real peers: its memory and its signals are its own. Says its ports as one line of JSON.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '@windhover/server';
import { createTls } from '@windhover/transport';
import { writeLocalhostCertificate } from '@windhover/transport/testing';

const limits = JSON.parse(process.argv[2] ?? '{}');
const counts = { answered: 0, cut: 0 };

/** As many bytes as the path asks for, from nowhere. */
function download(length) {
  return { length, read: (into) => into.fill(0x61).length, close: () => undefined };
}

const server = createServer(
  async (context) => {
    const { request, response } = context;
    context.onSent(({ end }) => {
      if (end === 'complete') counts.answered += 1;
      else counts.cut += 1;
    });
    response.status = 200;
    response.headers.set('Content-Type', 'text/html');
    if (request.path === '/hello')
      response.body = '<!doctype html><title>Windhover</title><p id="said">Hello, world</p>\n';
    else if (request.path === '/counts') response.body = JSON.stringify({ ...counts, connections: server.connections });
    else if (request.path === '/upload') {
      let received = 0;
      request.body.maxBytes = null;
      for await (const chunk of request.body) received += chunk.byteLength;
      response.body = String(received);
    } else response.body = download(Number(request.query));
  },
  { limits },
);
const tls = await createTls({
  certificate: await writeLocalhostCertificate(await mkdtemp(join(tmpdir(), 'peer-'))),
  alpnProtocols: ['h2', 'http/1.1'],
});
const plain = await server.listen({ host: '127.0.0.1', port: 0 }, { http2: 'prior-knowledge' });
const secure = await server.listen({ host: '127.0.0.1', port: 0 }, { tls });
console.log(JSON.stringify({ http: plain.address.port, https: secure.address.port }));
process.once('SIGTERM', async () => {
  await server.close({ drainIdleMs: 1000 });
  process.exit();
});

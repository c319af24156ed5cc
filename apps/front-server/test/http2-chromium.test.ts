import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeLocalhostCertificate } from '@windhover/transport/testing';
import { expect, it, onTestFinished } from 'vitest';
import { attachWebSocket } from '../../../packages/websocket/src/index.ts';
import { openChromium } from '../../../scripts/lib/open-chromium.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { startConfig, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

/** Where a page tells what it has seen, also when its own server is gone. */
async function startEar(): Promise<{ url: string; heard(topic: string): Promise<unknown> }> {
  const told = new Map<string, unknown>();
  const { port } = await startUpstream(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    told.set(request.url!.slice(1), JSON.parse(Buffer.concat(parts).toString()));
    response.end();
  });
  const heard = async (topic: string): Promise<unknown> => {
    await expect.poll(() => told.has(topic), { timeout: 60_000 }).toBe(true);
    return told.get(topic);
  };
  return { url: `http://127.0.0.1:${port}`, heard };
}

/** An application of HTTP/1.1: images, events, slow answers that it ends when it is told to, and a WebSocket. */
async function startApplication(page: string) {
  const slow: (() => void)[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://a');
    if (pathname === '/') response.setHeader('Content-Type', 'text/html').end(page);
    else if (pathname.startsWith('/image')) response.setHeader('Content-Type', 'image/svg+xml').end(image);
    else if (pathname === '/events')
      response.setHeader('Content-Type', 'text/event-stream').write('data: one\n\ndata: two\n\n');
    else if (pathname === '/slow') {
      response.write('begun, ');
      slow.push(() => response.end('ended'));
    } else response.writeHead(404).end();
  });
  attachWebSocket(server, (socket, request) => {
    socket.onmessage = ({ data }) =>
      void socket.send(`${String(data)} ${(request as unknown as IncomingMessage).httpVersion}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, slow };
}

const image =
  '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4" fill="green"/></svg>';

const pageFor = (ear: string): string => `<!doctype html><title>t</title>
${Array.from({ length: 200 }, (_, index) => `<img src="/image/${index}.svg">`).join('')}
<script>
const tell = (topic, facts) => fetch('${ear}/' + topic, { method: 'POST', mode: 'no-cors', body: JSON.stringify(facts) });
addEventListener('load', async () => {
  const images = [...document.images];
  const entries = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/image/'));
  await tell('images', {
    whole: images.filter(({ complete, naturalWidth }) => complete && naturalWidth === 4).length,
    protocols: [...new Set(entries.map(({ nextHopProtocol }) => nextHopProtocol))],
  });

  const heard = [];
  const source = new EventSource('/events');
  await new Promise((resolve) => { source.onmessage = ({ data }) => { if (heard.push(data) === 2) resolve(); }; });
  await tell('events', heard);
  source.onerror = () => { source.close(); tell('events-end', 'told'); };

  const socket = new WebSocket('wss://' + location.host + '/chat');
  await new Promise((resolve) => { socket.onopen = resolve; });
  const answer = new Promise((resolve) => { socket.onmessage = ({ data }) => resolve(data); });
  socket.send('hello');
  await tell('websocket', await answer);
  socket.onclose = ({ code, wasClean }) => tell('websocket-end', { code, wasClean });

  const answers = Array.from({ length: 20 }, () => fetch('/slow').then((response) => response.text()));
  const ended = Promise.allSettled(answers).then((all) => all.map(({ value, reason }) => value ?? String(reason)));
  await tell('slow-begun', true);
  await tell('slow', await ended);
});
</script>`;

it.skipIf(!hasPeer('chromium'))(
  'Chromium gets a page, events and a WebSocket on one connection, and loses nothing at a stop',
  async () => {
    const ear = await startEar();
    const application = await startApplication(pageFor(ear.url));
    const folder = await temporaryFolder();
    const { certFile, keyFile } = await writeLocalhostCertificate(folder);
    const { server, accessLines } = await startConfig(
      `accessLog: { format: json }
listen: [{ address: 127.0.0.1, port: 0, tls: true }]
sites:
  a:
    tls: { certificate: ${certFile}, key: ${keyFile} }
    routes: [{ path: /, websocket: {}, proxy: "http://127.0.0.1:${application.port}" }]
`,
      folder,
    );
    const { port } = new URL(`http://${server.listeners[0]!.name}`);
    await openChromium(`https://localhost:${port}/`, '--ignore-certificate-errors');

    expect(await ear.heard('images')).toEqual({ whole: 200, protocols: ['h2'] });
    expect(await ear.heard('events')).toEqual(['one', 'two']);
    expect(await ear.heard('websocket')).toBe('hello 1.1');
    await ear.heard('slow-begun');
    await expect.poll(() => application.slow.length).toBe(20);

    const stopped = server.stop();
    expect(await ear.heard('websocket-end')).toEqual({ code: 1001, wasClean: true });
    await ear.heard('events-end');
    for (const end of application.slow) end();
    expect(await ear.heard('slow')).toEqual(Array(20).fill('begun, ended'));
    await stopped;
    const paths = ['/', '/events', '/chat', '/slow'];
    const lines = accessLines.map((line) => JSON.parse(line) as { path: string; protocol: string });
    for (const path of paths) expect(lines.find((line) => line.path === path)?.protocol).toBe('HTTP/2.0');
  },
);

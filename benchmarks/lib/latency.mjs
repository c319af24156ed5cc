// The latency that the proxy adds to something small: one client, one connection, one message at a time.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { pause } from '../servers/pause.mjs';
import { loadCore } from './load.mjs';
import { freePort, startServer } from './server-process.mjs';

const server = (name) => fileURLToPath(new URL(`../servers/${name}.mjs`, import.meta.url));
const proxyCore = 0;
const warmUps = 200;
const samples = 1000;

/** Returns the medians in milliseconds: `{ post: { direct, proxy }, message: { direct, proxy } }`. */
export async function measureLatency(node) {
  const [upstreamPort, proxyPort] = [await freePort(), await freePort()];
  const upstream = await startServer([node, server('latency-upstream'), String(upstreamPort)], upstreamPort, loadCore);
  const command = [node, server('windhover-proxy'), String(proxyPort), String(upstreamPort)];
  const proxy = await startServer(command, proxyPort, proxyCore);
  try {
    const measures = {};
    for (const [name, open] of [
      ['post', openPosts],
      ['message', openTunnel],
    ]) {
      measures[name] = await medians({ direct: await open(upstreamPort), proxy: await open(proxyPort) });
    }
    return measures;
  } finally {
    await proxy.stop();
    await upstream.stop();
  }
}

/** Both ways take turns, so that a disturbance of the machine hits both. */
async function medians(ways) {
  const times = { direct: [], proxy: [] };
  for (let round = -warmUps; round < samples; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const start = performance.now();
      await way.once();
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  for (const way of Object.values(ways)) way.close();
  const median = (values) => values.sort((a, b) => a - b)[samples / 2];
  return { direct: median(times.direct), proxy: median(times.proxy) };
}

/** The head and body of a POST leave in two writes, as most clients send them. */
async function openPosts(port) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
  const post = async () => {
    const request = http.request({ host: '127.0.0.1', port, method: 'POST', agent });
    request.flushHeaders();
    request.end('abc');
    const [response] = await once(request, 'response');
    await once(response.resume(), 'end');
  };
  return { once: post, close: () => agent.destroy() };
}

/**
 * A message in two writes in each direction. Without TCP_NODELAY the second write waits for a delayed acknowledgement,
 * here or in the proxy. Between the writes the first one must pass the proxy, which would otherwise join them.
 */
async function openTunnel(port) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  await once(socket, 'data');
  const message = async () => {
    socket.write('one');
    pause();
    socket.write('two');
    for (let received = 0; received < 6; ) received += (await once(socket, 'data'))[0].byteLength;
  };
  return { once: message, close: () => socket.destroy() };
}

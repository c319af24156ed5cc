// `node benchmarks/http2-clients.mjs`: what idle connections of HTTP/2 hold in memory, and how long other clients wait beside slow ones. Needs a build.
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { start } from './lib/interleaved.mjs';
import { residentBytes } from './lib/process-tree.mjs';

const program = fileURLToPath(new URL('./servers/http2.mjs', import.meta.url));
const idleConnections = 2000;
const slowClients = 100;
const streams = 100;
const asked = 2000;

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

function frame(type, flags, id, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

const settings = (...pairs) =>
  frame(4, 0, 0, Buffer.concat(pairs.map(([name, value]) => Buffer.from([0, name, ...uint32(value)]))));
const uint32 = (value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
/** GET with the path as a literal. */
const get = (id, path) =>
  frame(
    1,
    5,
    id,
    Buffer.concat([Buffer.from([0x82, 0x86, 0x04, path.length]), Buffer.from(path), Buffer.from([0x41, 1, 0x61])]),
  );

async function open(port, bytes) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const kib = (bytes) => `${Math.round(bytes / 1024)} KiB`;

async function idle(kind) {
  const { child, url } = await start(program, kind);
  const port = Number(new URL(url).port);
  const all = [];
  const openSome = async (count) => {
    for (let index = 0; index < count; index++) {
      const socket = await open(port, Buffer.concat([preface, settings(), get(1, '/')]));
      socket.resume();
      all.push(socket);
    }
    await pause(2000);
  };
  await openSome(500); // code is compiled, and the heap has grown
  const before = residentBytes(child.pid);
  await openSome(idleConnections);
  const each = (residentBytes(child.pid) - before) / idleConnections;
  for (const socket of all) socket.destroy();
  child.kill();
  return `${(each / 1024).toFixed(1)} KiB`;
}

/** The time of requests in turn, in ms. */
async function latencies(url) {
  const client = http2.connect(url);
  client.on('error', () => undefined);
  const times = [];
  for (let index = 0; index < asked; index++) {
    const began = performance.now();
    const stream = client.request({ ':path': '/' });
    stream.resume();
    await once(stream, 'end');
    times.push(performance.now() - began);
  }
  client.close();
  times.sort((one, other) => one - other);
  return { p50: times[asked / 2], p99: times[Math.floor(asked * 0.99)] };
}

/** `how`: what the slow clients do with 100 answers of 1 MiB each. */
async function slow(kind, how) {
  const { child, url } = await start(program, kind);
  const port = Number(new URL(url).port);
  await latencies(url);
  const alone = await latencies(url);
  const before = residentBytes(child.pid);
  const window = how === 'closed windows' ? 0 : 2 ** 20;
  const requests = Buffer.concat(Array.from({ length: streams }, (_, index) => get(index * 2 + 1, '/big')));
  const all = [];
  for (let index = 0; index < slowClients; index++) {
    const socket = await open(
      port,
      Buffer.concat([preface, settings([4, window]), frame(8, 0, 0, Buffer.from(uint32(2 ** 30))), requests]),
    );
    socket.pause();
    all.push(socket);
  }
  // 4 KiB at a time, ten times a second
  const reading = setInterval(() => {
    if (how === 'slow reading') for (const socket of all) socket.read(4096);
  }, 100);
  await pause(2000);
  const beside = await latencies(url);
  const grown = residentBytes(child.pid) - before;
  clearInterval(reading);
  for (const socket of all) socket.destroy();
  child.kill();
  const ms = ({ p50, p99 }) => `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
  return `alone ${ms(alone)}; beside them ${ms(beside)}; memory + ${kib(grown)}`;
}

for (const [name, kind] of [
  ['ours', 'ours'],
  ['node:http2', 'node'],
]) {
  console.log(`${name}, ${idleConnections} idle connections: ${await idle(kind)} each`);
  for (const how of ['never reading', 'slow reading', 'closed windows'])
    console.log(`${name}, ${slowClients} clients × ${streams} streams, ${how}: ${await slow(kind, how)}`);
}

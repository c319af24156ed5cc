// Time to parse one request head: ours, llhttp as WebAssembly (undici's build), and llhttp inside `node:http`. The
// node:http row feeds the same bytes, pipelined, to an http.Server through a fake connection. It includes creating
// `IncomingMessage` and `ServerResponse` and answering, so it is the cost of a server built on it, not of llhttp alone.
import { createServer } from 'node:http';
import { Duplex } from 'node:stream';
import { RequestParser } from '@windhover/http-parser';
import { createLlhttp } from './lib/llhttp-wasm.mjs';

const ROUNDS = 15;

const browserHead = [
  'GET /assets/app/main-8f3c2d.js?v=20240311 HTTP/1.1',
  'Host: www.example.com',
  'Connection: keep-alive',
  'sec-ch-ua: "Chromium";v="124", "Google Chrome";v="124", "Not-A.Brand";v="99"',
  'User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  'Referer: https://www.example.com/products/list?page=2',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8,fr;q=0.7',
  'Cookie: session=0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071; theme=dark; consent=yes; experiment=b; region=eu-west-1',
  'Cache-Control: max-age=0',
].join('\r\n');
const minimalHead = 'GET / HTTP/1.1\r\nHost: localhost:8080';

for (const [name, head] of Object.entries({ browser: browserHead, minimal: minimalHead })) {
  const bytes = Buffer.from(`${head}\r\n\r\n`);
  const ours = median(() => parserRound(bytes, 50_000));
  const node = await medianAsync(() => serverRound(bytes, 2_000));
  const llhttp = await createLlhttp(bytes.length);
  const wasm = median(() => llhttpRound(llhttp, bytes, 20_000));
  console.log(
    `${name} head, ${bytes.length} bytes: ${ours.toFixed(0)} ns; llhttp as WebAssembly ${wasm.toFixed(0)} ns; through node:http ${node.toFixed(0)} ns`,
  );
}

/** Nanoseconds per head; each head is read to its 'end'. */
function parserRound(bytes, count) {
  const parser = new RequestParser();
  let fields = 0;
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) {
    let offset = 0;
    for (;;) {
      const event = parser.read(bytes, offset);
      offset = parser.offset;
      if (event === 'need-more') break;
      if (event === 'head') fields += parser.head.fields.length;
    }
  }
  const elapsed = Number(process.hrtime.bigint() - start);
  if (fields === 0) throw new Error('nothing was parsed');
  return elapsed / count;
}

/** Nanoseconds per head of llhttp, with callbacks that create the same strings. */
function llhttpRound(llhttp, bytes, count) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) llhttp.read(bytes);
  const elapsed = Number(process.hrtime.bigint() - start);
  if (llhttp.state.fields.length === 0) throw new Error('nothing was parsed');
  return elapsed / count;
}

/** Nanoseconds per request of a server that answers only a head. */
function serverRound(bytes, count) {
  return new Promise((resolve) => {
    let seen = 0;
    let start = 0n;
    const connection = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    const server = createServer((_request, response) => {
      response.end();
      seen++;
      if (seen < count) return;
      resolve(Number(process.hrtime.bigint() - start) / count);
      connection.destroy();
    });
    server.emit('connection', connection);
    start = process.hrtime.bigint();
    for (let i = 0; i < count; i++) connection.push(bytes);
  });
}

function median(round) {
  return middleOf(Array.from({ length: ROUNDS }, round));
}

async function medianAsync(round) {
  const times = [];
  for (let i = 0; i < ROUNDS; i++) times.push(await round());
  return middleOf(times);
}

function middleOf(times) {
  return times.sort((a, b) => a - b)[times.length >> 1];
}

// What is compared: which work the servers do, and what wrk sends them.
import { fileURLToPath } from 'node:url';
import { pieces, rows, summary, text } from '../servers/lib/answers.mjs';
import { order } from './order.mjs';

const script = (name) => fileURLToPath(new URL(`../wrk/${name}`, import.meta.url));
export const browserHeaders = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
  'Cache-Control: max-age=0',
  'Cookie: session=5f2b7c1e9a8d4c3fb6e0a1d2c3b4a596; theme=dark; consent=yes',
  'Sec-Fetch-Mode: navigate',
  'Upgrade-Insecure-Requests: 1',
];
const hello = { work: 'hello', headers: [], script: null, answer: text, mediaType: 'text/plain', absent: {} };

/** `absent` says why a peer has no row; null if that needs no explanation. */
export const scenarios = [
  { ...hello, name: 'minimal', title: 'Hello, world: a client that sends Host only' },
  { ...hello, name: 'browser', title: 'Hello, world: the nine headers of a browser', headers: browserHeaders },
  { ...hello, name: 'pipelined', title: 'Hello, world: 16 requests in one write', script: script('pipelined.lua') },
  {
    ...hello,
    name: 'async',
    title: 'Hello, world: from an `async` handler that awaits once',
    work: 'async',
    absent: { nginx: 'it has no handlers: compare with its row in the first table' },
  },
  {
    ...hello,
    name: 'post',
    title: 'A POST of 1 KB of JSON, parsed and answered in JSON',
    work: 'order',
    script: script('post.lua'),
    answer: JSON.stringify(summary(order)),
    mediaType: 'application/json',
    absent: { nginx: 'it does not parse bodies, and answers without reading them' },
  },
  {
    ...hello,
    name: 'stream',
    title: 'A streamed answer: 64 KiB in four pieces, chunked',
    work: 'stream',
    answer: Buffer.concat(pieces).toString(),
    isChunked: true,
    absent: { nginx: 'it has no streams of its own: files have a length, everything else is a proxied answer' },
  },
  ...['gzip', 'br'].map((coding) => ({
    ...hello,
    name: coding,
    title: `An answer of 16 KB of JSON, compressed with ${coding === 'br' ? 'br at level 4' : 'gzip at level 6'}; node:http has Express's \`compression\``,
    work: coding,
    headers: [`Accept-Encoding: ${coding}`],
    answer: JSON.stringify(rows),
    mediaType: 'application/json',
    coding,
    absent: {
      hono: 'its compressor has no levels, and no br',
      nginx: 'it has no handlers, and no br',
      kestrel: 'its levels have other names',
      'kestrel-unpinned': 'its levels have other names',
    },
  })),
  // Thousands of connections a second stay in TIME_WAIT. Linux lets a client on the loopback interface reuse such a
  // port after a second (net.ipv4.tcp_tw_reuse = 2, its default). If it may not, wrk reports failed connections and the
  // run fails.
  {
    ...hello,
    name: 'close',
    title: 'Hello, world: one request per connection',
    headers: ['Connection: close'],
  },
  { ...hello, name: 'tls', title: 'Hello, world: TLS 1.3, kept connections, Host only', isTls: true },
];

/** Peers that are compared in front of an upstream only. */
export const proxyPeers = ['haproxy', 'undici', 'reply-from', 'http-proxy-3', 'compat', 'yarp'];
for (const scenario of scenarios)
  scenario.absent = { ...scenario.absent, ...Object.fromEntries(proxyPeers.map((peer) => [peer, null])) };

const proxied = {
  ...hello,
  work: 'proxy',
  headers: browserHeaders,
  absent: Object.fromEntries(
    ['fastify', 'hono', 'kestrel', 'kestrel-unpinned'].map((peer) => [peer, 'a proxy is a package of its own']),
  ),
};
scenarios.push(
  { ...proxied, name: 'proxy', title: 'A proxy in front of one upstream, nine headers', upstream: 'hello' },
  {
    ...proxied,
    name: 'proxy-chunks',
    title: 'A proxy in front of an upstream that answers with 1,000 chunks of one byte',
    upstream: 'chunks',
    answer: 'x'.repeat(1000),
  },
);

/** Applications of other frameworks on our server, compared with the same ones on their own. */
const hosted = ['Express', 'Fastify', 'Hono'].flatMap((framework) => {
  const name = framework.toLowerCase();
  const work = `hosted-${name}`;
  const title = `${framework} on Windhover, and on its own server`;
  return [
    { ...hello, name: `on-${name}`, title: `${title}: a client that sends Host only`, work },
    {
      ...hello,
      name: `on-${name}-browser`,
      title: `${title}: the nine headers of a browser`,
      work,
      headers: browserHeaders,
    },
  ];
});
const tag = 'Express on node:http, with a header set by a Windhover middleware, and without';
hosted.push({ ...hello, name: 'in-express', title: tag, work: 'middleware-in-express' });
const others = ['fastify', 'hono', 'nginx', 'kestrel', 'kestrel-unpinned'];
const absent = Object.fromEntries([...others, ...proxyPeers].map((peer) => [peer, null]));
for (const scenario of hosted) scenarios.push({ ...scenario, isHosted: true, absent });

export const scenarioNames = scenarios.map(({ name }) => name);

// `node --expose-gc benchmarks/rules.mjs`: what rules cost. CPU time that request filters and address filters add to a request, least of several rounds; the look-up in a
// million networks, how long they take to load, and their memory.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose, HttpContext, HttpRequest } from '@windhover/core';
import { securityHeaders } from '@windhover/headers';
import { IpFilter, ipFilter, ipListFile } from '@windhover/ip-filter';
import { requestFilter } from '@windhover/request-filter';
import { rewrite } from '@windhover/rewrite';
import { hundredRules } from './lib/hundred-rules.mjs';

const requests = 100_000;
const rounds = 7;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const handler = ({ response }) => {
  response.body = 'hello';
};
/** Each answer is decided at once. */
let current = null;
const exchange = { onHead: (listener) => listener(current.response) };

/** Requests as browsers and programs send them. */
const targets = [
  ...['/', '/assets/app-1.2.3.js', '/products/blue-widget-42', '/api/v1/users/42', '/images/photo%20of%20cat.jpg'],
  ...[
    '/search?q=hello+world&page=2',
    '/api/items?filter%5Bstatus%5D=active&sort=-created_at',
    '/about/',
    '/index.html',
  ],
  '/collect?v=2&tid=G-ABC&cid=1.2&dl=https%3A%2F%2Fexample.com%2Fa&ul=en-us&sr=1920x1080&en=page_view',
];
const agent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const headers = [
  ...['host', 'example.com', 'Host', 'user-agent', agent, 'User-Agent', 'accept', 'text/html,*/*;q=0.8', 'Accept'],
  ...[
    'accept-encoding',
    'gzip, br',
    'Accept-Encoding',
    'accept-language',
    'en',
    'Accept-Language',
    'cookie',
    'sid=abc',
    'Cookie',
  ],
  ...['referer', 'https://example.com/search?q=hello+world', 'Referer', 'connection', 'keep-alive', 'Connection'],
];
const connection = { id: 1, transport: 'tcp', remotePort: 1, localAddress: '', localPort: 0, tls: null };

function contextOf(index) {
  const request = new HttpRequest({
    ...{ method: 'GET', target: targets[index % targets.length], httpVersion: '1.1', scheme: 'http' },
    ...{ headers, host: 'example.com', body: null, upgrade: null },
  });
  const remoteAddress = `10.${index & 7}.${(index >> 3) & 255}.${(index * 7) & 255}`;
  current = new HttpContext(request, { ...connection, remoteAddress }, exchange);
  return current;
}

/** Microseconds of CPU for each call. */
function cpuOf(call, count = requests) {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index++) call(index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

function leastOf(calls, count) {
  const least = Object.fromEntries(Object.keys(calls).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (const call of Object.values(calls)) cpuOf(call, 20_000);
  for (let round = 0; round < rounds; round++)
    for (const [name, call] of Object.entries(calls)) least[name] = Math.min(least[name], cpuOf(call, count));
  return least;
}

const through = (...layers) => {
  const run = compose(layers, handler);
  return (index) => run(contextOf(index));
};
const twenty = Array.from({ length: 20 }, (_, index) => `192.0.${index}.0/24`);
const least = leastOf({
  bare: (index) => handler(contextOf(index)),
  'iis-defaults': through(requestFilter({ preset: 'iis-defaults', allowPlus: true })),
  strict: through(requestFilter({ preset: 'strict' })),
  'iis-defaults and strict': through(requestFilter({ preset: ['iis-defaults', 'strict'], allowPlus: true })),
  'ipFilter with 20 networks': through(ipFilter({ deny: twenty })),
  'iis-defaults, 20 networks, 100 rewrite rules and security headers': through(
    rewrite(hundredRules),
    securityHeaders(),
    ipFilter({ deny: twenty }),
    requestFilter({ preset: 'iis-defaults', allowPlus: true }),
  ),
});
const bars = { 'iis-defaults': 1.5, 'iis-defaults, 20 networks, 100 rewrite rules and security headers': 4 };
for (const [name, time] of Object.entries(least)) {
  if (name === 'bare') continue;
  const bar = bars[name] === undefined ? '' : ` (bar ${bars[name]})`;
  console.log(`${name}: ${(time - least.bare).toFixed(2)} µs added${bar}`);
}

/** A million networks of several sizes, none inside of another. */
function million() {
  const lines = [];
  for (let index = 0; index < 1_000_000; index++) {
    const start = index * 4096;
    lines.push(`${start >>> 24}.${(start >>> 16) & 255}.${(start >>> 8) & 255}.0/${24 + (index % 9)}`);
  }
  return `${lines.join('\n')}\n`;
}

const folder = mkdtempSync(join(tmpdir(), 'windhover-rules-'));
const file = join(folder, 'million.txt');
try {
  writeFileSync(file, million());
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const before = process.memoryUsage();
  const list = ipListFile(file, { log: quiet });
  const startedAt = performance.now();
  const usage = process.cpuUsage();
  await list.load();
  const loadMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(usage);
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const after = process.memoryUsage();
  // The text of the file is garbage on both sides, so the heap may shrink.
  const bytes = after.arrayBuffers - before.arrayBuffers + Math.max(0, after.heapUsed - before.heapUsed);
  console.log(
    `a million networks: ${(loadMs / 1000).toFixed(2)} s to load, ${((user + system) / 1e6).toFixed(2)} s of CPU (bar 2), ${(bytes / 1e6).toFixed(0)} MB (bar 100)${globalThis.gc === undefined ? '; start it with --expose-gc for the memory' : ''}`,
  );
  const filter = new IpFilter({ deny: list, log: quiet });
  const addresses = Array.from({ length: 65_536 }, () => {
    const value = Math.floor(Math.random() * 2 ** 32);
    return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  });
  const looked = leastOf({ lookUp: (index) => filter.decide(addresses[index & 65_535]) }, 500_000);
  console.log(`look-up of any address in them: ${looked.lookUp.toFixed(2)} µs (bar 0.5)`);
} finally {
  rmSync(folder, { recursive: true });
}

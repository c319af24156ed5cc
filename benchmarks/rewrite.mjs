// `node --expose-gc benchmarks/rewrite.mjs`: what rules cost. CPU time that 100 rewrite rules add to a request, that of a map of 100,000 redirects, with the time and
// memory that it takes to load; least of several rounds.
import { compose, HttpContext, HttpRequest } from '@windhover/core';
import { changeHeaders, securityHeaders } from '@windhover/headers';
import { RedirectMap, redirectByMap, rewrite } from '@windhover/rewrite';
import { hundredRules } from './lib/hundred-rules.mjs';

const requests = 200_000;
const paths = [
  '/',
  '/section50/item/7',
  '/products/123/reviews',
  '/blog/2020/some-title',
  '/none/of/them',
  '/old/99/x',
  '/old/5000/page-5000.html',
];
const handler = ({ response }) => {
  response.body = 'hello';
};

function contextOf(target) {
  const connection = {
    id: 1,
    transport: 'tcp',
    remoteAddress: '10.0.0.1',
    remotePort: 1,
    localAddress: '',
    localPort: 0,
    tls: null,
  };
  const facts = {
    method: 'GET',
    target,
    httpVersion: '1.1',
    scheme: 'http',
    headers: ['user-agent', 'bench', 'User-Agent'],
    host: 'shop.example',
    body: null,
    upgrade: null,
  };
  const context = new HttpContext(new HttpRequest(facts), connection, {
    onHead: (listener) => listener(context.response),
  });
  return context;
}

/** Microseconds of CPU for each call. */
async function cpuOf(call) {
  for (let index = 0; index < 20_000; index++) await call(paths[index % paths.length]);
  const before = process.cpuUsage();
  for (let index = 0; index < requests; index++) {
    const pending = call(paths[index % paths.length]);
    if (pending !== undefined) await pending;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests;
}

// One text, as it is read from a file.
const lines = Array.from({ length: 100_000 }, (_, index) => `/old/${index}/page-${index}.html,/new/page-${index}`).join(
  '\n',
);

globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const startedAt = performance.now();
const map = new RedirectMap(Buffer.from(lines).toString());
const loadMs = performance.now() - startedAt;
globalThis.gc?.();
const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
console.log(
  `a map of 100,000 redirects: loaded in ${Math.round(loadMs)} ms (bar 2000), ${megabytes.toFixed(0)} MB (bar 100)`,
);

const calls = {
  bare: handler,
  '100 rewrite rules': compose([rewrite(hundredRules)], handler),
  'a map of 100,000 redirects': compose([redirectByMap(map)], handler),
  'one response header': compose([changeHeaders({ set: { 'X-A': 'b' } })], handler),
  'security headers': compose([securityHeaders()], handler),
};
const least = Object.fromEntries(Object.keys(calls).map((name) => [name, Number.POSITIVE_INFINITY]));
for (let round = 0; round < 6; round++)
  for (const [name, call] of Object.entries(calls))
    least[name] = Math.min(least[name], await cpuOf((path) => call(contextOf(path))));
for (const name of Object.keys(calls).slice(1))
  console.log(`${name}: ${(least[name] - least.bare).toFixed(2)} µs added`);

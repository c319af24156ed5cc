// `node --expose-gc benchmarks/rate-limit.mjs`: what a rate limit costs. CPU time that it adds to a request, beside rate-limiter-flexible and express-rate-limit in the
// same run, least of several rounds; then the memory of a million clients, of each in turn.
import { compose, HttpContext, HttpRequest } from '@windhover/core';
import { rateLimit } from '@windhover/rate-limit';
import { rateLimit as expressRateLimit } from 'express-rate-limit';
import { RateLimiterMemory } from 'rate-limiter-flexible';

const addresses = Array.from({ length: 10_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
const requests = 200_000;
const handler = ({ response }) => {
  response.body = 'hello';
};
const generous = { requests: 1_000_000, perMs: 60_000 };

function contextOf(address) {
  const connection = {
    id: 1,
    transport: 'tcp',
    remoteAddress: address,
    remotePort: 1,
    localAddress: '',
    localPort: 0,
    tls: null,
  };
  const request = new HttpRequest({
    method: 'GET',
    target: '/',
    httpVersion: '1.1',
    scheme: 'http',
    headers: [],
    host: 'a',
    body: null,
    upgrade: null,
  });
  return new HttpContext(request, connection, {});
}

/** Microseconds of CPU for each call. */
async function cpuOf(call) {
  for (let index = 0; index < 20_000; index++) await call(addresses[index % addresses.length]);
  const before = process.cpuUsage();
  for (let index = 0; index < requests; index++) {
    const pending = call(addresses[index % addresses.length]);
    if (pending !== undefined) await pending;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests;
}

function expressCall(limit) {
  const noop = () => undefined;
  return (ip) => {
    const response = { setHeader: noop, getHeader: noop, headersSent: false, on: noop, once: noop };
    return limit({ ip, headers: {}, method: 'GET', app: { get: () => false } }, response, noop);
  };
}

const ours = compose([rateLimit(generous)], handler);
const quiet = compose([rateLimit({ ...generous, fields: false })], handler);
const flexible = new RateLimiterMemory({ points: 1_000_000, duration: 60 });
const express = expressCall(
  expressRateLimit({
    windowMs: 60_000,
    limit: 1_000_000,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: false,
  }),
);
const calls = {
  bare: (address) => handler(contextOf(address)),
  ours: (address) => ours(contextOf(address)),
  'ours, without fields': (address) => quiet(contextOf(address)),
  'rate-limiter-flexible (only counts)': (address) => flexible.consume(address).then(() => undefined),
  'express-rate-limit': express,
};
const least = Object.fromEntries(Object.keys(calls).map((name) => [name, Number.POSITIVE_INFINITY]));
for (let round = 0; round < 6; round++)
  for (const [name, call] of Object.entries(calls)) least[name] = Math.min(least[name], await cpuOf(call));
for (const name of ['ours', 'ours, without fields'])
  console.log(`${name}: ${(least[name] - least.bare).toFixed(2)} µs added (bar 0.8)`);
for (const name of Object.keys(calls).slice(3)) console.log(`${name}: ${least[name].toFixed(2)} µs`);

const million = 1_000_000;
const memory = async (make) => {
  globalThis.gc();
  const before = process.memoryUsage();
  const consume = make();
  for (let index = 0; index < million; index++) {
    const pending = consume(`${(index >> 24) & 255}.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`);
    if (pending !== undefined) await pending;
  }
  globalThis.gc();
  const after = process.memoryUsage();
  const bytes =
    after.heapUsed + after.arrayBuffers + after.external - before.heapUsed - before.arrayBuffers - before.external;
  consume('still here');
  return Math.round(bytes / million);
};
if (globalThis.gc === undefined) console.log('memory: start it with --expose-gc');
else {
  const slow = { requests: 1, perMs: 3_600_000, burst: 10 };
  console.log(
    `ours: ${await memory(() => {
      const layer = compose([rateLimit(slow)], handler);
      return (address) => layer(contextOf(address));
    })} B for each of a million clients (bar 120)`,
  );
  console.log(
    `rate-limiter-flexible: ${await memory(() => {
      const limiter = new RateLimiterMemory({ points: 10, duration: 3600 });
      return (address) => limiter.consume(address).then(() => undefined);
    })} B`,
  );
  process.exit(); // its timers would go on for an hour
}

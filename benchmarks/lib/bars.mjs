// The results that have to be reached. Each bar is a limit for a value computed from the measures of one Node version;
// the value is null if these are missing.
import { scenarios } from './scenarios.mjs';

const ratio = (name, peer) => (measures) => {
  const { windhover, [peer]: other } = measures[name] ?? {};
  return windhover && other ? windhover.cpuMicros / other.cpuMicros : null;
};

const more = (name) => (measures) => {
  const { windhover, node } = measures[name] ?? {};
  return windhover && node ? windhover.cpuMicros - node.cpuMicros : null;
};

/** Windhover must stay below a framework, in every scenario that both run. */
const below = (title, peer) =>
  scenarios
    .filter(({ absent, isHosted }) => !(peer in absent) && !isHosted)
    .map(({ name }) => [`${name}, CPU × ${title}`, 1, ratio(name, peer)]);

const workers = (measures) => {
  const { 'workers-1': one, 'workers-2': two } = measures.workers ?? {};
  return one && two ? two.cpuMicros / one.cpuMicros : null;
};

const longer =
  (name) =>
  ({ latency }) =>
    latency ? latency[name].proxy - latency[name].direct : null;

const idle = (measures) => measures.idle?.windhover;

const perConnection = (measures) => {
  const { windhover, node } = measures.idle ?? {};
  return windhover && node ? windhover.perConnectionKilobytes / node.perConnectionKilobytes : null;
};

const bars = [
  ['proxy, CPU × nginx', 1.45, ratio('proxy', 'nginx')],
  ['proxy, CPU × http-proxy-3', 0.22, ratio('proxy', 'http-proxy-3')],
  ['proxy, CPU × @fastify/reply-from', 0.35, ratio('proxy', 'reply-from')],
  ['proxy, CPU × undici behind node:http', 0.45, ratio('proxy', 'undici')],
  ['proxied chunks of one byte, CPU × nginx', 5, ratio('proxy-chunks', 'nginx')],
  ['minimal headers, CPU × node:http', 0.5, ratio('minimal', 'node')],
  ['minimal headers, CPU × nginx', 1.35, ratio('minimal', 'nginx')],
  ["a browser's headers, CPU × node:http", 0.5, ratio('browser', 'node')],
  ["a browser's headers, CPU × nginx", 1.35, ratio('browser', 'nginx')],
  ['pipelined, CPU × node:http', 0.12, ratio('pipelined', 'node')],
  ['TLS, CPU × node:https', 0.4, ratio('tls', 'node')],
  ['TLS, CPU × nginx', 1.35, ratio('tls', 'nginx')],
  ['one request per connection, CPU × node:http', 0.85, ratio('close', 'node')],
  ...below('Fastify', 'fastify'),
  ...below('Hono', 'hono'),
  ...scenarios
    .filter(({ name }) => name.startsWith('on-'))
    .map(({ name }) => [`${name}, CPU × its own server`, 0.9, ratio(name, 'node')]),
  ['in-express, µs more than without', 3, more('in-express')],
  ['two workers of the app server, CPU × one', 1.1, workers],
  ['a small POST, ms longer through the proxy', 1, longer('post')],
  ['a small message in a tunnel, ms longer through the proxy', 1, longer('message')],
  ['RSS after one request, MB', 70, (measures) => idle(measures)?.startMegabytes ?? null],
  ['RSS per idle connection × node:http', 1, perConnection],
  [
    'idle connections refused or dropped',
    0,
    (measures) => (idle(measures) ? idle(measures).refused + idle(measures).dropped : null),
  ],
];

/** One entry for each bar: its name and limit, the value, and whether it is met; both null if nothing was measured. */
export function judge(measures) {
  return bars.map(([name, limit, compute]) => {
    const value = compute(measures);
    return { name, limit, value, isMet: value === null ? null : value <= limit };
  });
}

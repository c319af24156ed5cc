// `node benchmarks/redis-limits.mjs [seconds]`: two front servers whose limit is in one Redis. How exact the limit is under as much load as the machine can offer, and what
// clients see while Redis is killed and comes back. Needs a build, redis-server and wrk.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const seconds = Number(process.argv[2] ?? 10);
const program = fileURLToPath(new URL('../apps/front-server/dist/main.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'windhover-redis-limits-'));
const children = new Set();

function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

async function startRedis(port) {
  const child = start('redis-server', ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder]);
  for (;;) {
    const { stdout } = await run('redis-cli', ['-p', String(port), 'ping']).catch(() => ({ stdout: '' }));
    if (stdout.startsWith('PONG')) return child;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function startServer(name, redisPort, limit) {
  const file = join(folder, `${name}.yaml`);
  await writeFile(
    file,
    `listen: 127.0.0.1:0
accessLog: off
stores: { shared: { redis: "redis://127.0.0.1:${redisPort}" } }
rateLimit: { by: all, store: shared, onStoreError: local, fields: false, ${limit} }
sites: { a: { routes: [{ path: /, respond: ok }] } }\n`,
  );
  const child = start(process.execPath, [program, 'run', '-c', file]);
  let output = '';
  for await (const part of child.stdout) {
    output += part;
    const port = /127\.0\.0\.1:(\d+)\//.exec(output)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return { child, url: `http://127.0.0.1:${port}/` };
    }
  }
  throw new Error(output);
}

const units = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** Offers as much as a server takes, and counts what it let in. */
async function load(url) {
  const { stdout } = await run('wrk', ['-t1', '-c32', `-d${seconds}s`, '--latency', url]);
  const total = Number(/(\d+) requests in/.exec(stdout)[1]);
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s|m)/.exec(stdout);
  const [, most, mostUnit] = /Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s|m)/.exec(stdout);
  const broken = /Socket errors: (.*)/.exec(stdout)?.[1] ?? 'none';
  const spent = Number(/requests in ([\d.]+)s/.exec(stdout)[1]);
  return {
    ...{ total, admitted: total - refused, broken, spent },
    ...{ p99: Number(p99) * units[unit], most: Number(most) * units[mostUnit] },
  };
}

async function withServers(limit, use) {
  const port = await freePort();
  let redis = await startRedis(port);
  const servers = await Promise.all(['left', 'right'].map((name) => startServer(name, port, limit)));
  try {
    const control = {
      kill: () => end(redis, 'SIGKILL'),
      start: async () => {
        redis = await startRedis(port);
      },
    };
    await use(
      servers.map(({ url }) => url),
      control,
    );
  } finally {
    for (const { child } of servers) await end(child, 'SIGKILL');
    await end(redis, 'SIGKILL');
  }
}

const sum = (results, key) => results.reduce((total, result) => total + result[key], 0);
const most = (results, key) => Math.max(...results.map((result) => result[key]));

function print(what, results, allowed) {
  const offered = Math.round(sum(results, 'total') / most(results, 'spent'));
  const admitted = sum(results, 'admitted');
  const exact = allowed === null ? '' : ` of ${Math.round(allowed)} (${((admitted / allowed - 1) * 100).toFixed(2)} %)`;
  const latency = `p99 ${most(results, 'p99').toFixed(1)} ms, longest ${most(results, 'most').toFixed(0)} ms`;
  console.log(`${what}: ${offered} requests/s offered, ${admitted} admitted${exact}, ${latency}`);
  for (const { broken } of results) if (broken !== 'none') console.log(`  socket errors: ${broken}`);
}

try {
  const rate = 2000;
  const burst = 500; // a quarter of a second: servers on a busy machine stand still for a moment
  const once = 20_000;
  await withServers(`requests: ${once}, per: 1h`, async (urls) => {
    const results = await Promise.all(urls.map(load));
    print('a number in an hour', results, once + (once / 3600) * most(results, 'spent'));
  });
  await withServers(`requests: ${rate}, per: 1s, burst: ${burst}`, async (urls) => {
    const results = await Promise.all(urls.map(load));
    print(`${rate} in a second`, results, burst + rate * most(results, 'spent'));
  });
  await withServers(`requests: ${rate}, per: 1s, burst: ${burst}`, async (urls, redis) => {
    const running = Promise.all(urls.map(load));
    await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / 3));
    await redis.kill();
    await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / 3));
    await redis.start();
    const results = await running;
    print('Redis killed for a third of the time (onStoreError: local)', results, null);
    const [least, both] = [burst + rate * seconds, 2 * burst + rate * seconds * (4 / 3)];
    console.log(`  with one limit ${least}, with one of each server for a third of the time ${Math.round(both)}`);
    const after = await Promise.all(urls.map(load));
    print('afterwards', after, burst + rate * most(after, 'spent'));
  });
} finally {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
}

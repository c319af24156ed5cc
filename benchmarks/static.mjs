// `node benchmarks/static.mjs [ROUNDS] [4k|large|many]`: static files beside nginx (sendfile, open_file_cache), sirv and send. CPU time of
// all processes, in rounds that take turns; the least counts, because a shared machine only ever adds. Needs wrk, nginx, curl and a build.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { start } from './lib/interleaved.mjs';
import { cpuMicros, residentBytes } from './lib/process-tree.mjs';
import { browserHeaders } from './lib/scenarios.mjs';

const run = promisify(execFile);
const rounds = Number(process.argv[2] ?? 6);
const only = process.argv[3];
const peers = ['nginx', 'windhover', 'sirv', 'send'];
const largeBytes = 100 * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'static-'));
const public_ = join(folder, 'public');
mkdirSync(join(public_, 'many'), { recursive: true });
writeFileSync(join(public_, 'page.html'), 'x'.repeat(4096));
writeFileSync(join(public_, 'large.bin'), Buffer.alloc(largeBytes, 'windhover'));
for (let index = 0; index < 10_000; index++) writeFileSync(join(public_, `many/${index}.txt`), 'x'.repeat(4096));
const script = join(folder, 'many.lua');
writeFileSync(
  script,
  'local n = 0\nfunction request() n = (n * 7919 + 13) % 10007 return wrk.format("GET", "/many/" .. (n % 10000) .. ".txt") end\n',
);
await wait(2500); // files that were written just now are not kept in memory

async function startNginx() {
  const port = await freePort();
  const own = mkdtempSync(join(folder, 'nginx-'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${own}/${name};`);
  const user = process.getuid() === 0 ? 'user root;' : '';
  writeFileSync(
    join(own, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${own}/pid; error_log stderr error; ${user}
     events { worker_connections 1024; }
     http { access_log off; keepalive_requests 1000000000; ${paths.join(' ')} types { text/html html; text/plain txt; }
     sendfile on; tcp_nopush on; open_file_cache max=20000 inactive=60s; open_file_cache_valid 1s; open_file_cache_min_uses 1;
     server { listen 127.0.0.1:${port}; root ${public_}; add_header Cache-Control no-cache; add_header X-Content-Type-Options nosniff; } }`,
  );
  const child = spawn('nginx', ['-c', join(own, 'nginx.conf'), '-p', own], { stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const isUp = await fetch(`${url}/page.html`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { child, url };
    await wait(50);
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const here = fileURLToPath(new URL('./servers/static-files.mjs', import.meta.url));
const servers = {};
for (const name of peers) servers[name] = name === 'nginx' ? await startNginx() : await start(here, name, public_);

async function wrk({ child, url }, path, ...args) {
  const before = cpuMicros(child.pid);
  const { stdout } = await run('taskset', ['-c', '1', 'wrk', '-t1', '-c32', '-d3s', ...args, `${url}${path}`]);
  const failed = /Non-2xx[^\n]*|Socket errors[^\n]*/.exec(stdout)?.[0];
  if (failed !== undefined) throw new Error(`${url}${path}: ${failed}`);
  return (cpuMicros(child.pid) - before) / Number(/(\d+) requests in/.exec(stdout)[1]);
}

/** Four downloads at a time; the largest memory of the server meanwhile is noted. */
async function download(server) {
  const { child, url } = server;
  const before = cpuMicros(child.pid);
  server.idleRss ??= residentBytes(child.pid);
  const watch = setInterval(() => {
    server.peakRss = Math.max(server.peakRss ?? 0, residentBytes(child.pid));
  }, 20);
  await Promise.all(Array.from({ length: 4 }, () => run('curl', ['-s', '-o', '/dev/null', `${url}/large.bin`])));
  clearInterval(watch);
  return (cpuMicros(child.pid) - before) / (4 * 100);
}

for (const { child } of Object.values(servers)) await run('taskset', ['-acp', '0', String(child.pid)]);
// nginx has started its worker before
for (const pid of await childrenOf(servers.nginx.child.pid)) await run('taskset', ['-acp', '0', pid]);

async function childrenOf(pid) {
  const { stdout } = await run('pgrep', ['-P', String(pid)]);
  return stdout.split('\n').filter((line) => line !== '');
}

const scenarios = {
  '4k': {
    title: '4 KB, browser headers, 32 connections: µs of CPU per request',
    measure: (server) => wrk(server, '/page.html', ...browserHeaders.flatMap((header) => ['-H', header])),
  },
  large: { title: '100 MiB over 4 connections: µs of CPU per MiB', measure: download },
  many: {
    title: '10,000 files of 4 KB in turn: µs of CPU per request',
    measure: async (server) => {
      const cost = await wrk(server, '/', '-s', script);
      server.manyRss = residentBytes(server.child.pid);
      return cost;
    },
  },
};

for (const [name, { title, measure }] of Object.entries(scenarios)) {
  if (only !== undefined && only !== name) continue;
  const costs = Object.fromEntries(peers.map((peer) => [peer, []]));
  for (let round = 0; round <= rounds; round++)
    for (const peer of peers) {
      const cost = await measure(servers[peer]);
      if (round > 0) costs[peer].push(cost); // the first one warms up
    }
  const least = (peer) => Math.min(...costs[peer]);
  console.log(`\n${title}`);
  for (const peer of peers) {
    const { idleRss, peakRss, manyRss } = servers[peer];
    const memory =
      name === 'large' && peakRss !== undefined
        ? `, memory +${((peakRss - idleRss) / 1e6).toFixed(0)} MB`
        : name === 'many'
          ? `, memory ${(manyRss / 1e6).toFixed(0)} MB`
          : '';
    const ratio = (least('windhover') / least(peer)).toFixed(2);
    console.log(
      `  ${peer.padEnd(10)}${least(peer).toFixed(1).padStart(8)}${memory}${peer === 'windhover' ? '' : `   windhover is ${ratio} of it`}`,
    );
  }
}
for (const { child } of Object.values(servers)) child.kill();
await wait(300); // nginx removes its pid file
rmSync(folder, { recursive: true });

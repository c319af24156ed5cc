// `node benchmarks/dispatch.mjs [ROUNDS]`: what the front server's choosing and composing costs. CPU time of a short answer by a bare handler, by the front
// server with one route, and with 1,000 sites of 10 routes; and how long the large configuration takes to load. Needs wrk and a build.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuMicros } from './lib/process-tree.mjs';

const rounds = Number(process.argv[2] ?? 6);
const main = fileURLToPath(new URL('../apps/front-server/dist/main.js', import.meta.url));
const bare = fileURLToPath(new URL('./servers/bare.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dispatch-'));

function configuration(sites, routes) {
  const lines = ['listen: 127.0.0.1:0', 'accessLog: off', 'sites:'];
  for (let site = 0; site < sites; site++) {
    lines.push(`  s${site}:`, `    hosts: [h${site}.example${site === 0 ? ', 127.0.0.1' : ''}]`, '    routes:');
    for (let route = 0; route < routes; route++) {
      lines.push(`      - { path: ${route === 0 ? '/' : `/r${route}`}, respond: hello }`);
    }
  }
  const file = join(folder, `${sites}.yaml`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function start(...args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const startedAt = performance.now();
  let said = '';
  return new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url !== undefined) resolve({ child, url, readyMs: performance.now() - startedAt, costs: [] });
    });
  });
}

function measure(server) {
  const before = cpuMicros(server.child.pid);
  const said = execFileSync('wrk', ['-t1', '-c64', '-d2s', `${server.url}/`], { encoding: 'utf8' });
  const count = Number(/(\d+) requests in/.exec(said)[1]);
  server.costs.push((cpuMicros(server.child.pid) - before) / count);
}

const servers = {
  'a bare handler': await start(bare),
  'one site, one route': await start(main, 'run', '--config', configuration(1, 1)),
  '1,000 sites of 10 routes': await start(main, 'run', '--config', configuration(1000, 10)),
};
const list = Object.entries(servers);
for (const [, server] of list) measure(server); // a warm-up that does not count
for (const [, server] of list) server.costs.length = 0;
for (let round = 0; round < rounds; round++) for (const [, server] of list) measure(server);
for (const [name, { costs, readyMs }] of list) {
  const sorted = costs.sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(
    `${name.padEnd(26)}least ${sorted[0].toFixed(2)} µs, median ${median.toFixed(2)} µs, ready after ${readyMs.toFixed(0)} ms`,
  );
}
for (const [, { child }] of list) child.kill();
rmSync(folder, { recursive: true });

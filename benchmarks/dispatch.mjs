// `node benchmarks/dispatch.mjs [ROUNDS]`: what the front server's choosing and composing costs. CPU time of a short answer by a bare handler, by the front
// server with one route, and with 1,000 sites of 10 routes; and how long the large configuration takes to load. Needs wrk and a build.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { costOf, measureInTurn, start } from './lib/interleaved.mjs';

const rounds = Number(process.argv[2] ?? 6);
const main = fileURLToPath(new URL('../apps/front-server/dist/main.js', import.meta.url));
const bare = fileURLToPath(new URL('./servers/bare.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dispatch-'));

function configuration(sites, routes) {
  const lines = ['listen: 127.0.0.1:0', 'workers: 0', 'accessLog: off', 'sites:'];
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

const servers = {
  'a bare handler': await start(bare),
  'one site, one route': await start(main, 'run', '--config', configuration(1, 1)),
  '1,000 sites of 10 routes': await start(main, 'run', '--config', configuration(1000, 10)),
};
const list = Object.entries(servers);
measureInTurn(Object.values(servers), rounds);
for (const [name, server] of list) {
  const { least, median } = costOf(server);
  const ready = `ready after ${server.readyMs.toFixed(0)} ms`;
  console.log(`${name.padEnd(26)}least ${least.toFixed(2)} µs, median ${median.toFixed(2)} µs, ${ready}`);
}
for (const [, { child }] of list) child.kill();
rmSync(folder, { recursive: true });

// `node benchmarks/app-pool.mjs [ROUNDS]`: what a request costs through an application of a pool on a Unix socket, beside the plain proxy to the same program on a
// port. CPU time of all processes, the application's included. Needs wrk and a build.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { costOf, measureInTurn, start } from './lib/interleaved.mjs';
import { cpuMicros } from './lib/process-tree.mjs';

const rounds = Number(process.argv[2] ?? 6);
const main = fileURLToPath(new URL('../apps/front-server/dist/main.js', import.meta.url));
const here = (name) => fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pool-'));

function configuration(name, route, more = '') {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `listen: 127.0.0.1:0\n${more}sites: { a: { routes: [{ path: /, ${route} }] } }\n`);
  return file;
}

const upstream = await start(here('bare'));
const command = `[${process.execPath}, ${here('pooled')}]`;
const servers = [
  await start(main, 'run', '--config', configuration('proxy', `proxy: "${upstream.url}"`)),
  await start(
    main,
    'run',
    '--config',
    configuration('app', 'app: shop', `apps: { shop: { command: ${command}, listen: socket } }\n`),
  ),
];
const [proxy] = servers;
proxy.cpuMicros = () => cpuMicros(proxy.child.pid) + cpuMicros(upstream.child.pid);
measureInTurn(servers, rounds);
const [plain, pool] = servers.map(costOf);
const show = ({ least, median }) => `least ${least.toFixed(1)} µs, median ${median.toFixed(1)} µs`;
console.log(`proxy to a port   ${show(plain)}`);
console.log(`application       ${show(pool)}`);
console.log(
  `ratio ${(pool.least / plain.least).toFixed(2)} by least, ${(pool.median / plain.median).toFixed(2)} by median (bar 1.1)`,
);
for (const { child } of [upstream, ...servers]) child.kill();
rmSync(folder, { recursive: true });

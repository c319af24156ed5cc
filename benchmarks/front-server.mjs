// `node benchmarks/front-server.mjs [ROUNDS]`: what a server from a configuration file costs, with a worker, an access log in a file and metrics, beside the
// package that does the work: the reverse proxy, and static files. CPU time of all processes for each request. Needs wrk and a build.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { costOf, measureInTurn, start } from './lib/interleaved.mjs';

const rounds = Number(process.argv[2] ?? 6);
const main = fileURLToPath(new URL('../apps/front-server/dist/main.js', import.meta.url));
const here = (name) => fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'front-'));
mkdirSync(join(folder, 'public'));
writeFileSync(join(folder, 'public/index.html'), 'x'.repeat(4096));

function configuration(name, route) {
  const file = join(folder, `${name}.yaml`);
  const site = `sites: { a: { routes: [{ path: /, ${route} }] } }`;
  writeFileSync(file, `listen: 127.0.0.1:0\naccessLog: ./${name}.log\nmetrics: 127.0.0.1:0\n${site}\n`);
  return file;
}

const upstream = await start(here('bare'));
const pairs = {
  proxy: [
    await start(here('bare-proxy'), upstream.url),
    await start(main, 'run', '--config', configuration('proxy', `proxy: "${upstream.url}"`)),
  ],
  static: [
    await start(here('bare-static'), join(folder, 'public')),
    await start(main, 'run', '--config', configuration('static', 'static: ./public')),
  ],
};
for (const [name, pair] of Object.entries(pairs)) {
  measureInTurn(pair, rounds);
  const [bare, whole] = pair.map(costOf);
  const show = ({ least, median }) => `least ${least.toFixed(1)} µs, median ${median.toFixed(1)} µs`;
  const ratio = `${(whole.least / bare.least).toFixed(2)} by least, ${(whole.median / bare.median).toFixed(2)} by median`;
  console.log(`${name.padEnd(8)}bare ${show(bare)}; front server ${show(whole)}; ratio ${ratio} (bar 1.25)`);
}
for (const { child } of [upstream, ...Object.values(pairs).flat()]) child.kill();
rmSync(folder, { recursive: true });

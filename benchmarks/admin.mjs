// `node benchmarks/admin.mjs [ROUNDS]`: what the management API and its console cost a request that has nothing to do with them: without, with `metrics`, with
// `admin`, and with a rule of `requestTrace` that no request meets. Needs wrk and a build.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { costOf, measureInTurn, start } from './lib/interleaved.mjs';

const rounds = Number(process.argv[2] ?? 6);
const main = fileURLToPath(new URL('../apps/front-server/dist/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'admin-'));
const digest = createHash('sha256').update('token').digest('hex');
const admin = `admin: { listen: 127.0.0.1:0, tokens: [{ name: a, role: look, sha256: ${digest} }] }\n`;
const kinds = {
  plain: '',
  metrics: 'metrics: 127.0.0.1:0\n',
  admin,
  'admin and a trace rule': `${admin}requestTrace: { status: 5xx }\n`,
};
const servers = [];
for (const [name, more] of Object.entries(kinds)) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `listen: 127.0.0.1:0\naccessLog: off\n${more}sites: { a: { routes: [{ path: /, respond: hello }] } }\n`,
  );
  servers.push(await start(main, 'run', '--config', file));
}
measureInTurn(servers, rounds);
const costs = servers.map(costOf);
for (const [index, name] of Object.keys(kinds).entries()) {
  const { least, median } = costs[index];
  console.log(`${name.padEnd(24)} least ${least.toFixed(2)} µs, median ${median.toFixed(2)} µs`);
}
for (const { child } of servers) child.kill();
rmSync(folder, { recursive: true });

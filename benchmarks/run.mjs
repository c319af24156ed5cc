// `npm run bench`: every comparison in one run, printed and written to docs/reference/benchmarks.md.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { nodeBinary } from '../scripts/lib/node-version.mjs';
import { build, install, root } from '../scripts/lib/run.mjs';

for (const step of [install, build]) {
  if ((await step()) !== 0) process.exit(1);
}
// Imported only now, because these files need what was just installed.
const { help, parseOptions } = await import('./lib/options.mjs');
const { findPeers } = await import('./lib/peers.mjs');
const { missingProgram } = await import('./lib/programs.mjs');
const { createReport } = await import('./lib/report.mjs');
const { measureNode } = await import('./lib/measure-node.mjs');

const options = readOptions();
if (options.help) {
  console.log(help);
  process.exit();
}
const program = await missingProgram(['wrk', 'taskset', 'prlimit', 'openssl']);
if (program !== null) {
  console.error(`${program} is missing: on Debian, apt-get install wrk util-linux openssl`);
  process.exit(1);
}

if (availableParallelism() < 2) {
  console.error('One core is for the server, another for the load: this machine has only one');
  process.exit(1);
}

const { peers, missing } = await findPeers(options.peers);
const report = createReport({ peers, missing, options });
const failures = [];
for (const major of options.majors) {
  const node = await nodeBinary(major);
  const { version, measures } = await measureNode(node, { peers, options, report, failures });
  report.judge(version, measures);
}

const isGood = report.printBars();
for (const failure of failures) console.error(`✗ ${failure}`);
if (failures.length > 0) process.exitCode = 1;
else if (options.isComplete) writeFileSync(`${root}docs/reference/benchmarks.md`, report.page());
if (options.check && !isGood) process.exitCode = 1;

function readOptions() {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    process.exit(1);
  }
}

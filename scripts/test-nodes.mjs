// `npm run test:nodes`: the tests of what touches Node's internals, its streams and its timers, under every other Node.
// `--after-test` adds what the last `npm test` counted to the closing line, so that one line tells of both.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { nodeBinary, nodeMajors } from './lib/node-version.mjs';
import { build, install, root, run } from './lib/run.mjs';
import { formatCounts, readTestReport } from './lib/test-report.mjs';

const folders = [
  'packages/transport',
  'packages/server',
  'packages/core',
  'packages/http-parser',
  'packages/http2-codec',
  'packages/supervisor',
  'packages/adapter-connect',
  'packages/adapter-fetch',
  'packages/adapter-fastify',
  'packages/websocket',
];
const majors = nodeMajors.filter((major) => !process.versions.node.startsWith(`${major}.`));
const reports = `${root}.cache/test-nodes`;

for (const step of [install, build]) {
  if ((await step()) === 0) continue;
  console.log('0 passed, 1 failed');
  process.exit(1);
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const ofTest = readTestReport(`${root}node_modules/.vitest-report.json`);
const total = process.argv.includes('--after-test') ? ofTest : { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const major of majors) {
  const { version, counts, failures } = await testUnder(major);
  lines.push(`Node ${version}: ${formatCounts(counts)}`, ...failures);
  for (const name of Object.keys(counts)) total[name] += counts[name];
}
console.log(lines.join('\n'));
console.log(formatCounts(total));
process.exitCode = total.failed === 0 ? 0 : 1;

/** A run that cannot start, or ends badly without a failed test, counts as one failure. */
async function testUnder(major) {
  const report = `${reports}/${major}.json`;
  let version = major;
  let code = 1;
  try {
    const binary = await nodeBinary(major);
    version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
    console.log(`Testing under Node ${version} …`);
    // vitest's workers are forks of the Node that runs it.
    const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
    code = await run(binary, [`${root}node_modules/vitest/vitest.mjs`, 'run', ...folders, ...reporters]);
  } catch (error) {
    console.error(error);
  }
  const { failures, ...counts } = readTestReport(report);
  return { version, failures, counts: { ...counts, failed: Math.max(counts.failed, code === 0 ? 0 : 1) } };
}

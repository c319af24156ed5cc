// `npm test`: everything that must hold, from a fresh clone on. Stops at the first step that fails.
import { rmSync } from 'node:fs';
import { build, install, root, run } from './lib/run.mjs';
import { formatCounts, readTestReport } from './lib/test-report.mjs';

const report = `${root}node_modules/.vitest-report.json`;
rmSync(report, { force: true });

const steps = [
  ['install', install],
  ['build', () => build()],
  ['lint', () => run('biome', ['check', '--error-on-warnings', '.'])],
  ['types', () => run('tsc', ['--noEmit', '-p', 'tsconfig.json'])],
  ['types of the console', () => run('tsc', ['--noEmit', '-p', 'packages/admin-console/page/tsconfig.json'])],
  ['types without Node', () => run('tsc', ['--noEmit', '-p', 'tsconfig.pure.json'])],
  ['package graph', () => run(process.execPath, ['scripts/check-graph.mjs'])],
  ['tests', () => run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`])],
];

let failed = 0;
for (const [name, step] of steps) {
  const startedAt = Date.now();
  const code = await step();
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (code === 0) continue;
  failed = 1;
  break;
}

// A step that failed before the tests counts as one failure.
const { failures, ...counts } = readTestReport(report);
for (const failure of failures) console.log(failure);
console.log(formatCounts({ ...counts, failed: Math.max(counts.failed, failed) }));
process.exitCode = failed;

import { createLineWriter } from '@windhover/console';

// Writes more lines than a pipe holds, one per write or in turns, and ends; reports on stderr how many are missing.
const [count, how] = [Number(process.argv[2]), process.argv[3]];
const lines = createLineWriter(process.stdout);
process.once('exit', () => {
  process.stderr.write(JSON.stringify({ missing: lines.close() }));
});
for (let number = 1; number <= count; number++) {
  lines.write(`${number} ${'x'.repeat(90)}\n`);
  if (number % 100 === 0 && how === 'in turns') await new Promise(setImmediate);
}
process.exit();

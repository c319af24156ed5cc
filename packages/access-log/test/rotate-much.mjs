// Writes numbered lines into the file that is named, which rotates often.
import { createLogSinks } from '@windhover/access-log';

const [file, name, count] = process.argv.slice(2);
const sink = createLogSinks().file(file, { rotate: { sizeBytes: 2000, keep: 10_000 } });
for (let number = 0; number < Number(count); number++) {
  sink.write(`${name} ${number}\n`);
  if (number % 20 === 0) await sink.flush();
}
await sink.close();

// Writes numbered lines into the file that is named, and leaves in the way that is named.
import { createLogSinks } from '@windhover/access-log';

const [file, count, ending] = process.argv.slice(2);
const sink = createLogSinks().file(file);
let number = 0;
const write = () => {
  for (let step = 0; step < 1000 && number < Number(count); step++) sink.write(`${number++}\n`);
  if (number < Number(count)) setImmediate(write);
  else if (ending === 'exit') process.exit();
  else if (ending === 'throw') throw new Error('a bug');
};
write();

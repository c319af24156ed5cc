import type { LineWriter } from './line-writer.ts';

/** For the `exit` event of a process with two: the other console may have a reader, who is told what is missing in the first. */
export function closeLineWriters(access: LineWriter, log: LineWriter): void {
  const missing = access.close();
  if (missing > 0) log.write(`${missing} lines of the access log are lost: nobody read them.\n`);
  log.close();
}

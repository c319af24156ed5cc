import type { LineWriter } from './line-writer.ts';

/**
 * For the `exit` event of a process with two writers: closes both, and reports lines lost in the first on the second,
 * which may still have a reader.
 */
export function closeLineWriters(access: LineWriter, log: LineWriter): void {
  const missing = access.close();
  if (missing > 0) log.write(`${missing} lines of the access log are lost: nobody read them.\n`);
  log.close();
}

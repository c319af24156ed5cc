/** Collects lines. */
export interface LineWriter {
  write(line: string): void;
  /** Sends what is there now: at the end of the process. */
  flush(): void;
}

/** What of a stream the lines need: `process.stdout` for instance. */
export interface LineStream {
  readonly writableLength: number;
  write(text: string): unknown;
}

/** What may wait for a reader that has stopped reading. Beyond it lines are lost: a server must not die of its log. */
const maxWaiting = 8 * 1024 * 1024;

/** Sends all lines of one turn of the event loop in one write: a busy server has many, and each write is a system call. */
export function createLineWriter(stream: LineStream): LineWriter {
  let pending = '';
  let count = 0;
  let lost = 0;
  const flush = (): void => {
    if (pending === '') return;
    if (stream.writableLength > maxWaiting) {
      lost += count;
    } else {
      stream.write(lost === 0 ? pending : `(${lost} lines are missing here: nobody was reading)\n${pending}`);
      lost = 0;
    }
    pending = '';
    count = 0;
  };
  return {
    write(line) {
      if (pending === '') setImmediate(flush);
      pending += line;
      count += 1;
    },
    flush,
  };
}

/** Collects lines. */
export interface LineWriter {
  write(line: string): void;
  /** Sends what is there now: at the end of the process. */
  flush(): void;
}

/** Sends all lines of one turn of the event loop in one write: a busy server has many, and each write is a system call. */
export function createLineWriter(send: (text: string) => void): LineWriter {
  let pending = '';
  const flush = (): void => {
    if (pending === '') return;
    const text = pending;
    pending = '';
    send(text);
  };
  return {
    write(line) {
      if (pending === '') setImmediate(flush);
      pending += line;
    },
    flush,
  };
}

/** Takes lines out of a stream of bytes. A line that is too long is reported once, and everything after it is ignored. */
export interface LineReader {
  read(chunk: Uint8Array): void;
}

/** Calls `onLine` for each whole line of at most `maxBytes`, without its line end. */
export function createLineReader(maxBytes: number, onLine: (line: string) => void, onTooLong: () => void): LineReader {
  let kept: Buffer = Buffer.alloc(0);
  let isLost = false;
  return {
    read(chunk) {
      if (isLost) return;
      kept = Buffer.concat([kept, chunk]);
      for (let end = kept.indexOf(10); end !== -1 && end <= maxBytes; end = kept.indexOf(10)) {
        const line = kept.subarray(0, end).toString('utf8').trim();
        kept = kept.subarray(end + 1);
        if (line !== '') onLine(line);
      }
      if (kept.length <= maxBytes) return;
      isLost = true;
      kept = Buffer.alloc(0);
      onTooLong();
    },
  };
}

/** The value of a line of JSON; `undefined` for what is none. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined; // not JSON, which is what the caller asks
  }
}

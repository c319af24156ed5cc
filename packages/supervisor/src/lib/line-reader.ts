/** Splits a stream of bytes into lines. A line that is too long is dropped. */
export interface LineReader {
  read(chunk: Uint8Array): void;
}

/**
 * Calls `onLine` for each whole line of at most `maxBytes`, without its line end, and `onTooLong` once for each longer
 * line.
 */
export function createLineReader(maxBytes: number, onLine: (line: string) => void, onTooLong: () => void): LineReader {
  let kept: Buffer = Buffer.alloc(0);
  /** Whether the rest of an overlong line is still to come. */
  let isSkipping = false;
  const take = (bytes: Buffer): void => {
    if (isSkipping) return;
    if (bytes.byteLength > maxBytes) onTooLong();
    else {
      const line = bytes.toString('utf8').trim();
      if (line !== '') onLine(line);
    }
  };
  return {
    read(chunk) {
      kept = Buffer.concat([kept, chunk]);
      let start = 0;
      for (let end = kept.indexOf(10); end !== -1; end = kept.indexOf(10, start)) {
        take(kept.subarray(start, end));
        isSkipping = false;
        start = end + 1;
      }
      kept = kept.subarray(start);
      if (kept.byteLength <= maxBytes) return;
      take(kept);
      isSkipping = true;
      kept = Buffer.alloc(0);
    },
  };
}

/** Parses a line of JSON; `undefined` if it is not valid JSON. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined; // not JSON, which was the question
  }
}

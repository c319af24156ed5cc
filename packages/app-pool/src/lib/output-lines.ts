import type { Readable } from 'node:stream';

/** A longer line is passed on in pieces: a program that writes no line ends must not fill the memory. */
const maxLineBytes = 16_384;

/** Calls `onLine` for each line of a stream that is not empty, without its end. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let kept: Buffer = Buffer.alloc(0);
  const tell = (bytes: Buffer): void => {
    const line = bytes.toString('utf8').trimEnd();
    if (line !== '') onLine(line);
  };
  stream.on('data', (chunk: Buffer) => {
    kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    let start = 0;
    for (let end = kept.indexOf(10); end !== -1; end = kept.indexOf(10, start)) {
      tell(kept.subarray(start, end));
      start = end + 1;
    }
    for (; kept.length - start > maxLineBytes; start += maxLineBytes) tell(kept.subarray(start, start + maxLineBytes));
    kept = Buffer.from(kept.subarray(start)); // a copy, so that a short rest does not hold a large chunk
  });
  stream.on('error', () => undefined); // 'close' follows
  stream.once('close', () => {
    tell(kept);
    kept = Buffer.alloc(0);
  });
}

/**
 * Maximum of bytes waiting for the reader of stderr. Beyond it lines are dropped: workers' output must not exhaust the
 * supervisor's memory.
 */
const maxWaitingBytes = 8 * 1024 * 1024;

/** Passes lines of workers on to the stderr of this process. */
export function forwardStderr(lines: string | Uint8Array): void {
  if (process.stderr.writableLength <= maxWaitingBytes) process.stderr.write(lines);
}

/** For when the reader of stderr has gone: workers' output is lost, but they keep running. */
export function ignoreClosedStderr(): void {
  // Without a listener the process would end.
}

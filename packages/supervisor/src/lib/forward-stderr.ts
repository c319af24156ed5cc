/** What may wait for a reader of stderr that has stopped reading. Beyond it lines are lost: a supervisor must not die of its workers' words. */
const maxWaitingBytes = 8 * 1024 * 1024;

/** Passes lines of workers on to the stderr of this process. */
export function forwardStderr(lines: string | Uint8Array): void {
  if (process.stderr.writableLength <= maxWaitingBytes) process.stderr.write(lines);
}

/** Whoever read it is gone. What the workers say is lost then, and they go on. */
export function ignoreClosedStderr(): void {
  // Without a listener the process would end.
}

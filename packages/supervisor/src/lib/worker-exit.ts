/** How a worker ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * The supervisor's own explanation, beyond the code: the worker was killed at a deadline, or could not be started.
   */
  readonly reason: string | null;
  /** The last lines it wrote to stderr, at most twenty. */
  readonly stderr: readonly string[];
}

/** Describes the exit of a worker, for people. */
export function describeExit({ code, signal, reason, stderr }: WorkerExit): string {
  const how = code !== null ? `exit code ${code}` : signal !== null ? `signal ${signal}` : 'no process';
  const why = reason === null ? `it ended with ${how}` : `${reason} (${how})`;
  return stderr.length === 0 ? `${why}; it wrote nothing to stderr` : `${why}; its last lines:\n${stderr.join('\n')}`;
}

/** How long a slot waits before it replaces a worker that crashed. Milliseconds. */
export interface BackoffOptions {
  /** The wait after the first crash of a young worker; doubled with each further crash. Default: 200. */
  readonly initialMs?: number;
  /** The longest wait. Default: 30,000: an operator who has fixed the cause should not wait longer. */
  readonly maxMs?: number;
  /** A worker that was ready for this long is replaced at once, and the count starts again. Default: 10,000. */
  readonly resetMs?: number;
}

/** Backoff options with defaults filled in. */
export type Backoff = Required<BackoffOptions>;

/** The wait before the next start, after `failures` crashes of young workers in a row. */
export function backoffDelay(failures: number, { initialMs, maxMs }: Backoff): number {
  if (failures === 0) return 0;
  return Math.min(maxMs, initialMs * 2 ** Math.min(failures - 1, 30));
}

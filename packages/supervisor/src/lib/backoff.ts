/** How long a slot waits before a worker that crashed is replaced. Milliseconds. */
export interface BackoffOptions {
  /** After the first crash of a young worker; doubled with each that follows. Default: 200. */
  readonly initialMs?: number;
  /** At most. Default: 30,000: an operator who has mended the cause should not wait longer. */
  readonly maxMs?: number;
  /** A worker that has been ready for so long is replaced at once, and the count begins anew. Default: 10,000. */
  readonly resetMs?: number;
}

/** With every default in its place. */
export type Backoff = Required<BackoffOptions>;

/** The wait before the next try, after so many crashes of young workers in a row. */
export function backoffDelay(failures: number, { initialMs, maxMs }: Backoff): number {
  if (failures === 0) return 0;
  return Math.min(maxMs, initialMs * 2 ** Math.min(failures - 1, 30));
}

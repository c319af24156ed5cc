/** Active checks: requests that ask each upstream whether it works. */
export interface HealthOptions {
  /** Path and query of the check. Default: `/`. */
  readonly path?: string;
  /** Default: `GET`. */
  readonly method?: string;
  /** The Host field. Default: the upstream's own. */
  readonly host?: string;
  /** Milliseconds between two checks. Default: 5,000, as in NGINX Plus. */
  readonly everyMs?: number;
  /** Milliseconds until a check has failed. Default: 1,000. */
  readonly timeoutMs?: number;
  /** Checks in a row that must succeed before a failed upstream gets requests again. Default: 2, as in HAProxy. */
  readonly rise?: number;
  /** Checks in a row that must fail before an upstream gets no more requests. Default: 3, as in HAProxy. */
  readonly fall?: number;
  /** The statuses of a success: numbers, or classes as `2xx`. Default: `2xx` and `3xx`. */
  readonly statuses?: readonly (number | string)[];
  /** A text that the first 64 KiB of the body must contain. Default: none. */
  readonly body?: string;
}

export type ResolvedHealthOptions = Required<Omit<HealthOptions, 'host' | 'body'>> & {
  readonly host: string | null;
  readonly body: string | null;
};

export function resolveHealthOptions(options: HealthOptions): ResolvedHealthOptions {
  const { path = '/', method = 'GET', host = null, everyMs = 5000, timeoutMs = 1000, rise = 2, fall = 3 } = options;
  return {
    path,
    method,
    host,
    everyMs,
    timeoutMs,
    rise,
    fall,
    statuses: options.statuses ?? ['2xx', '3xx'],
    body: options.body ?? null,
  };
}

/** Whether a status is among `statuses`. */
export function isWanted(status: number, statuses: readonly (number | string)[]): boolean {
  return statuses.some(
    (each) => each === status || each === `${Math.floor(status / 100)}xx` || each === String(status),
  );
}

/** Counts the checks of one upstream. */
export class RiseAndFall {
  isHealthy = true;
  private readonly rise: number;
  private readonly fall: number;
  private inRow = 0;

  constructor(rise: number, fall: number) {
    this.rise = rise;
    this.fall = fall;
  }

  /** Returns whether `isHealthy` has changed. */
  add(hasSucceeded: boolean): boolean {
    if (hasSucceeded === this.isHealthy) {
      this.inRow = 0;
      return false;
    }
    this.inRow += 1;
    if (this.inRow < (hasSucceeded ? this.rise : this.fall)) return false;
    this.isHealthy = hasSucceeded;
    this.inRow = 0;
    return true;
  }
}

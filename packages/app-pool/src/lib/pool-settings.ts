/** When instances are replaced although nothing is wrong with them. */
export interface RecycleSettings {
  /** How long an instance runs, in milliseconds; `null`: for ever. */
  readonly everyMs: number | null;
  /** How many requests it answers; `null`: any number. */
  readonly requests: number | null;
  /** How much memory its processes may use together, in bytes; `null`: any amount. */
  readonly memoryBytes: number | null;
  /** Times of the day, in minutes since midnight of this machine's time. */
  readonly at: readonly number[];
  /** Whether the new instance is ready before the old one gets no more requests. */
  readonly overlap: boolean;
}

/** What decides when the instances of an application start and end. Times are milliseconds. */
export interface PoolSettings {
  readonly instances: number;
  /** `on-request`: the first request starts it. */
  readonly start: 'always' | 'on-request';
  /** Without a request for so long, all instances are ended; `null`: never. */
  readonly idleStopMs: number | null;
  /** From the start of the process until it is ready and warmed up. */
  readonly startupMs: number;
  /** For the requests under way, and for the process to end after them. */
  readonly shutdownMs: number;
  readonly recycle: RecycleSettings;
  /** So many failures within that time end all attempts; `null`: it is started again for ever. */
  readonly rapidFail: { readonly failures: number; readonly withinMs: number } | null;
  /** The wait before the next attempt doubles from `initialMs` to `maxMs`, and begins anew once an instance was ready for `resetMs`. */
  readonly backoff: { readonly initialMs: number; readonly maxMs: number; readonly resetMs: number };
}

/** Settings as they are given; what is missing has its default. */
export type GivenPoolSettings = Partial<Omit<PoolSettings, 'recycle' | 'backoff'>> & {
  readonly recycle?: Partial<RecycleSettings>;
  readonly backoff?: Partial<PoolSettings['backoff']>;
};

const minuteMs = 60_000;

/** Fills in the defaults, which are those of IIS where it has one. */
export function resolvePoolSettings(given: GivenPoolSettings = {}): PoolSettings {
  return {
    instances: given.instances ?? 1,
    start: given.start ?? 'always',
    idleStopMs: given.idleStopMs ?? null,
    startupMs: given.startupMs ?? 90_000,
    shutdownMs: given.shutdownMs ?? 90_000,
    recycle: {
      everyMs: 29 * 60 * minuteMs,
      requests: null,
      memoryBytes: null,
      at: [],
      overlap: true,
      ...given.recycle,
    },
    rapidFail: given.rapidFail === undefined ? { failures: 5, withinMs: 5 * minuteMs } : given.rapidFail,
    backoff: { initialMs: 200, maxMs: 30_000, resetMs: 10_000, ...given.backoff },
  };
}

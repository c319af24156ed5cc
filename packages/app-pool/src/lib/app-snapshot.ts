/** What the processes that serve need to know of an application. */
export interface AppSnapshot {
  readonly name: string;
  readonly phase: 'running' | 'idle' | 'stopped' | 'failed';
  /** Those that get requests. */
  readonly instances: readonly AppTarget[];
  /** Those that finish their requests and get no new ones. */
  readonly draining: readonly AppTarget[];
  /** How long a request may wait for an instance, in milliseconds. */
  readonly startupMs: number;
}

/** One instance, by its number and its address. */
export interface AppTarget {
  readonly id: number;
  readonly address: string;
}

/** What a process that serves says about an application. */
export type AppUse =
  /** It passes requests to the application from now on, and wants to hear of it. */
  | { readonly name: string; readonly is: 'join' }
  | { readonly name: string; readonly is: 'leave' }
  /** A request waits for an instance. */
  | { readonly name: string; readonly is: 'wanted' }
  /** An instance that drains has no request of this process any more. */
  | { readonly name: string; readonly is: 'drained'; readonly id: number }
  /** Requests since the last time, for each instance; an empty list if older ones are still under way. */
  | {
      readonly name: string;
      readonly is: 'used';
      readonly counts: readonly (readonly [id: number, requests: number])[];
    };

/**
 * `starting`: not ready yet. `ready`: gets requests. `draining`: finishes its requests and gets no new ones. `ending`: was told to end.
 */
export type InstanceStage = 'starting' | 'ready' | 'draining' | 'ending';

/** One process of an application, as the decisions about it need it. Times are milliseconds since the epoch. */
export interface PoolInstance {
  readonly id: number;
  stage: InstanceStage;
  readonly startedAt: number;
  readyAt: number | null;
  /** Requests that it was given. */
  requests: number;
  /** Why another one takes its place; `null`: it stays. */
  replacedFor: string | null;
  /** What it must have done by `deadline` depends on its stage. */
  deadline: number;
  /** When it is killed, once it drains or ends. */
  killAt: number;
  isKilled: boolean;
}

/** What is to be done. */
export type PoolAction =
  | { readonly do: 'spawn'; readonly id: number }
  /** Give it no more requests, and report when it has none. */
  | { readonly do: 'drain'; readonly id: number }
  /** Ask it to end. */
  | { readonly do: 'end'; readonly id: number; readonly why: string }
  | { readonly do: 'kill'; readonly id: number; readonly why: string }
  | { readonly do: 'tell'; readonly level: 'info' | 'warn' | 'error'; readonly message: string };

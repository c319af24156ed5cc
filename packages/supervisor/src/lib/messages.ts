/** What goes over the channel between supervisor and worker. Everything else on it is the application's. */
export type ToWorker = { readonly windhover: 'stop'; readonly timeoutMs: number };
export type ToSupervisor = { readonly windhover: 'ready' };

/** The variable that tells a worker where it is. */
export const placeVariable = 'WINDHOVER_WORKER';

/** Its value, as JSON. */
export interface WorkerPlace {
  /** Of the supervisor: a program that the worker starts has the variable too, but another parent. */
  readonly supervisor: number;
  readonly slot: number;
  readonly generation: number;
  /** The descriptor of each listener by its name. */
  readonly listen: Readonly<Record<string, number>>;
  readonly stopTimeoutMs: number;
}

/** The kind of a message of ours, or `null`. */
export function messageKind(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || !('windhover' in message)) return null;
  return typeof message.windhover === 'string' ? message.windhover : null;
}

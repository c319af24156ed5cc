import type { SupervisorAddress } from './listen-address.ts';
import type { SlotStatus } from './slot.ts';

/** What a supervisor is doing. `stopped` is the end: another start takes another supervisor. */
export type SupervisorState = 'idle' | 'starting' | 'running' | 'reloading' | 'stopping' | 'stopped';

/** What `status()` tells; it can be written as JSON. */
export interface SupervisorStatus {
  readonly pid: number;
  readonly state: SupervisorState;
  /** The last one that was tried; each slot has that of its worker. */
  readonly generation: number;
  /** Where it listens, with the real ports. */
  readonly listen: Readonly<Record<string, SupervisorAddress>>;
  /** Why the last reload was abandoned, until one succeeds. */
  readonly reloadError: string | null;
  readonly slots: readonly SlotStatus[];
}

/** Holds listeners and keeps workers on them. */
export interface Supervisor {
  /**
   * Binds the listeners and starts the workers. Resolves when all are ready. Otherwise rejects, and nothing is left behind:
   * `SUPERVISOR_PORT_IN_USE`, `SUPERVISOR_PERMISSION`, `SUPERVISOR_BIND_FAILED`, `SUPERVISOR_CONTROL_FAILED`, or `SUPERVISOR_WORKER_FAILED`
   * with the exit code and the last lines of the worker.
   */
  start(): Promise<void>;
  /**
   * Replaces all workers by new ones of what is now on disk, one slot after the other; each is ready before the old one is told to stop. Resolves
   * when all are replaced; old ones may still be finishing. Rejects with `SUPERVISOR_WORKER_FAILED` at the first that does not become ready: the
   * others stay. A call during a reload is another reload behind it.
   */
  reload(): Promise<void>;
  /** Stops all workers, and kills those that are not gone in time. May be called again, to have it sooner: 0 kills at once. Never rejects. */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
  status(): SupervisorStatus;
  /** Resolves when it has stopped, whoever asked for it: a call, a signal, or the control socket. */
  readonly stopped: Promise<void>;
}

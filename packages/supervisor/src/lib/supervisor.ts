import type { SupervisorAddress } from './listen-address.ts';
import type { SlotStatus } from './slot.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** The state of a supervisor. `stopped` is final: to start again, create another supervisor. */
export type SupervisorState = 'idle' | 'starting' | 'running' | 'reloading' | 'stopping' | 'stopped';

/** The result of `status()`; it can be converted to JSON. */
export interface SupervisorStatus {
  readonly pid: number;
  readonly state: SupervisorState;
  /** The generation that was started last; each slot has that of its own worker. */
  readonly generation: number;
  /** The addresses it listens on, with the real ports. */
  readonly listen: Readonly<Record<string, SupervisorAddress>>;
  /** Why the last reload was abandoned; `null` once one succeeds. */
  readonly reloadError: string | null;
  readonly slots: readonly SlotStatus[];
}

/** What `reload` changes besides the code of the workers. */
export interface SupervisorChanges {
  readonly listen?: Readonly<Record<string, SupervisorAddress>>;
  /** 1 to 1,024. */
  readonly workers?: number;
  /**
   * How long a replaced worker may keep connections that do not end by themselves, such as tunnels, in milliseconds beyond
   * `stopTimeoutMs`; its stop handlers hear of it. Each slot keeps up to four such workers; the oldest one ends before
   * there would be a fifth. Only for this reload. Default: 0.
   */
  readonly lingerMs?: number;
}

/** Holds listeners and keeps workers running on them. */
export interface Supervisor {
  /**
   * Binds the listeners and starts the workers. Resolves when all are ready. If that fails, it rejects and leaves
   * nothing behind: `SUPERVISOR_PORT_IN_USE`, `SUPERVISOR_PERMISSION`, `SUPERVISOR_BIND_FAILED`,
   * `SUPERVISOR_CONTROL_FAILED`, or `SUPERVISOR_WORKER_FAILED` with the exit code and the last lines of the worker.
   */
  start(): Promise<void>;
  /**
   * Replaces all workers by new ones that run the files now on disk, one slot after the other; each new worker is ready
   * before the old one is told to stop. Resolves when all are replaced; old ones may still be finishing. At the first
   * worker that does not become ready it rejects with `SUPERVISOR_WORKER_FAILED`, and the remaining old workers stay. A
   * call during a reload starts another reload after it.
   *
   * With `changes` the new workers also get other sockets, another number, or other arguments: what is not given stays.
   * Sockets of a name with the same address stay open; those of names that are gone are closed when all are replaced. If
   * the reload fails, nothing changes.
   */
  reload(changes?: SupervisorChanges): Promise<void>;
  /**
   * Stops all workers, and kills those that are still there after `timeoutMs`. A later call may shorten the time; 0
   * kills at once. Never rejects.
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
  status(): SupervisorStatus;
  /** All processes that were started and have not ended: those that start, serve, or finish their work. */
  readonly workers: readonly WorkerHandle[];
  /** Resolves when the supervisor has stopped, whether by a call, a signal or the control socket. */
  readonly stopped: Promise<void>;
}

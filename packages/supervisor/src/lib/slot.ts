import { type Backoff, backoffDelay } from './backoff.ts';
import { SupervisorError } from './errors.ts';
import type { SupervisorLogger } from './logger.ts';
import { describeExit, type WorkerExit } from './worker-exit.ts';
import type { WorkerProcess } from './worker-process.ts';

/** The services a slot needs from its supervisor. */
export interface SlotHost {
  readonly log: SupervisorLogger;
  readonly backoff: Backoff;
  readonly stopTimeoutMs: number;
  /** Starts a process for a slot. Never throws. */
  launch(slot: number, generation: number): WorkerProcess;
  /** Renews the sockets of a slot that will stay empty for so long that clients should not wait. */
  renewSockets(slot: number): void;
}

/** Connections in the queue of a slot are kept waiting up to this time; beyond it they are reset. */
const maxQueueWaitMs = 1000;

/** Replaced workers of one slot that may finish at a time: each takes the memory of a worker. */
const maxLingering = 4;

export type SlotState = 'idle' | 'starting' | 'ready' | 'waiting' | 'stopping' | 'stopped';

/** The status of a slot. */
export interface SlotStatus {
  readonly slot: number;
  /** `waiting`: the worker crashed, and the next one starts after the backoff. */
  readonly state: SlotState;
  /** The time of the last state change, milliseconds since the epoch. */
  readonly since: number;
  readonly pid: number | null;
  /** The connections its worker last reported; `null` if it reports none. */
  readonly connections: number | null;
  readonly generation: number;
  /** How often its worker was replaced because it had ended by itself. */
  readonly restarts: number;
  readonly lastExit: WorkerExit | null;
  /** PIDs of replaced workers that are still finishing their work. */
  readonly draining: readonly number[];
}

/** A place for one worker. Whenever its process ends, another one follows, until the slot is stopped. */
export class Slot {
  readonly index: number;
  /** Resolves when it first has a ready worker. Rejects if it is stopped before. */
  readonly firstReady: Promise<void>;
  readonly #host: SlotHost;
  #resolveFirst: () => void = () => undefined;
  #rejectFirst: (error: Error) => void = () => undefined;
  #state: SlotState = 'idle';
  #since = Date.now();
  #generation = 0;
  #current: WorkerProcess | null = null;
  #candidate: WorkerProcess | null = null;
  readonly #draining = new Set<WorkerProcess>();
  #failures = 0;
  #restarts = 0;
  #lastExit: WorkerExit | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Whether a worker that ends is replaced: not during the first start, nor after a stop. */
  #isKept = false;
  #isStopping = false;

  constructor(index: number, host: SlotHost) {
    this.index = index;
    this.#host = host;
    this.firstReady = new Promise((resolve, reject) => {
      this.#resolveFirst = resolve;
      this.#rejectFirst = reject;
    });
    this.firstReady.catch(() => undefined); // callers that need the result await it
  }

  /** Starts the first worker. Rejects if it does not become ready. */
  async start(generation: number): Promise<void> {
    this.#refuseStopped();
    this.#generation = generation;
    return this.#launch().ready;
  }

  /** From now on, replaces workers that end, including one that has already ended. */
  keep(): void {
    if (this.#isKept || this.#isStopping) return;
    this.#isKept = true;
    if (this.#current === null) this.#restart();
  }

  /**
   * Replaces the worker by a new one once that is ready. If it does not become ready, nothing changes. The old one may keep
   * connections that do not end by themselves for `lingerMs`.
   */
  async replace(generation: number, lingerMs = 0): Promise<void> {
    await this.#boundDraining(lingerMs > 0 ? maxLingering - 1 : 0);
    this.#refuseStopped();
    const candidate = this.#host.launch(this.index, generation);
    this.#candidate = candidate;
    try {
      await candidate.ready;
    } catch (error) {
      this.#refuseStopped();
      throw error;
    } finally {
      this.#candidate = null;
    }
    const old = this.#current;
    clearTimeout(this.#timer);
    this.#generation = generation;
    this.#failures = 0;
    this.#adopt(candidate);
    if (old !== null) this.#drain(old, lingerMs);
  }

  /**
   * Stops all processes of the slot, and kills those that are still there after `timeoutMs`. A later call may shorten
   * the time.
   */
  async stop(timeoutMs: number, lingerMs = 0): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    if (this.#state !== 'stopped') this.#enter('stopping');
    const all = [this.#current, this.#candidate, ...this.#draining].filter((worker) => worker !== null);
    await Promise.all(all.map((worker) => this.#end(worker, timeoutMs, lingerMs)));
    this.#enter('stopped');
  }

  /** Kills a worker that is not ready yet, without asking it to stop. */
  killStarting(): void {
    if (this.#current?.state === 'starting') this.#current.kill('the start was given up');
  }

  /** All processes that answer pings: the current worker if it is ready, and those that it has replaced. */
  get pinged(): readonly WorkerProcess[] {
    return [...(this.readyWorker === null ? [] : [this.readyWorker]), ...this.#draining];
  }

  /** The current worker if it is ready, otherwise `null`. */
  get readyWorker(): WorkerProcess | null {
    return this.#current?.state === 'ready' ? this.#current : null;
  }

  status(): SlotStatus {
    return {
      slot: this.index,
      state: this.#state,
      since: this.#since,
      pid: this.#current?.pid ?? null,
      connections: this.#current?.connections ?? null,
      generation: this.#generation,
      restarts: this.#restarts,
      lastExit: this.#lastExit,
      draining: [...this.#draining].map((worker) => worker.pid).filter((pid) => pid !== null),
    };
  }

  #launch(): WorkerProcess {
    const worker = this.#host.launch(this.index, this.#generation);
    this.#adopt(worker);
    return worker;
  }

  #adopt(worker: WorkerProcess): void {
    this.#current = worker;
    this.#enter(worker.state === 'ready' ? 'ready' : 'starting');
    const isReady = (): void => {
      if (this.#current === worker && worker.state === 'ready') this.#enter('ready');
    };
    worker.ready.then(isReady, () => undefined); // a failure is handled by its exit
    void worker.exited.then((exit) => this.#lose(worker, exit));
  }

  #lose(worker: WorkerProcess, exit: WorkerExit): void {
    if (this.#current !== worker) return;
    this.#current = null;
    this.#lastExit = exit;
    const { resetMs } = this.#host.backoff;
    const isMature = worker.readyAt !== null && exit.at - worker.readyAt >= resetMs;
    this.#failures = isMature ? 0 : this.#failures + 1;
    if (this.#isStopping) return;
    if (this.#isKept) this.#restart();
    else this.#enter('stopped');
  }

  #restart(): void {
    const delayMs = backoffDelay(this.#failures, this.#host.backoff);
    this.#restarts += 1;
    if (this.#lastExit !== null) this.#report(this.#lastExit, delayMs);
    if (delayMs === 0) {
      this.#launch();
      return;
    }
    this.#enter('waiting');
    // A replacement worker that is already starting has the old sockets.
    if (delayMs > maxQueueWaitMs && this.#candidate === null) this.#host.renewSockets(this.index);
    this.#timer = setTimeout(() => this.#launch(), delayMs);
  }

  #report(exit: WorkerExit, delayMs: number): void {
    const when = delayMs === 0 ? 'now' : `in ${delayMs} ms`;
    const message = `Worker of slot ${this.index} is gone, another one is started ${when}: ${describeExit(exit)}`;
    this.#host.log.error(message, {
      slot: this.index,
      code: exit.code,
      signal: exit.signal,
      restarts: this.#restarts,
      delayMs,
    });
  }

  #drain(old: WorkerProcess, lingerMs: number): void {
    this.#draining.add(old);
    void this.#end(old, this.#host.stopTimeoutMs, lingerMs).then(() => this.#draining.delete(old));
  }

  /** Ends the oldest of those that are still finishing, until no more than `most` are left. */
  async #boundDraining(most: number): Promise<void> {
    const surplus = [...this.#draining].slice(0, Math.max(0, this.#draining.size - most));
    await Promise.all(surplus.map((worker) => this.#end(worker, this.#host.stopTimeoutMs, 0)));
  }

  /**
   * Stops a worker. Logs a warning if it had to be killed at the deadline, because the requests it was working on are
   * lost.
   */
  async #end(worker: WorkerProcess, timeoutMs: number, lingerMs: number): Promise<void> {
    const { pid } = worker;
    const isFirst = worker.state !== 'stopping'; // of several calls, only one logs
    const { reason } = await worker.stop(timeoutMs, lingerMs);
    if (!isFirst || !worker.isOverdue) return;
    this.#host.log.warn(`Worker ${pid} of slot ${this.index} was killed: ${reason}`, { slot: this.index, pid });
  }

  #refuseStopped(): void {
    if (this.#isStopping) throw new SupervisorError('SUPERVISOR_STOPPED', 'no more workers are started');
  }

  #enter(state: SlotState): void {
    this.#state = state;
    this.#since = Date.now();
    if (state === 'ready') this.#resolveFirst();
    if (state === 'stopping') this.#rejectFirst(new SupervisorError('SUPERVISOR_STOPPED', 'it was not ready yet'));
  }
}

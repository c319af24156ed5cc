import type { ChildProcess } from 'node:child_process';
import { SupervisorError } from './errors.ts';
import {
  channelOf,
  type LaunchPlace,
  launchWorker,
  messagePipeOf,
  type WorkerProgram,
  workerTimeoutMs,
} from './launch-worker.ts';
import { MessageChannel } from './message-channel.ts';
import type { ToSupervisor } from './messages.ts';
import { type PingTimes, PingWatch } from './ping-watch.ts';
import { StderrLines } from './stderr-lines.ts';
import { WorkerChannel } from './worker-channel.ts';
import { describeExit, type WorkerExit } from './worker-exit.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** How a worker process is started, and its limits. */
export interface WorkerTerms extends WorkerProgram {
  readonly readyTimeoutMs: number;
  /** `null`: no pings. */
  readonly ping: PingTimes | null;
  readonly forwardStderr: (lines: Buffer, worker: WorkerProcess) => void;
  /** Is called when the worker has reported its connections. */
  readonly onConnections: (worker: WorkerProcess) => void;
  /** Is called with each message of the application in the worker. */
  readonly onMessage: (message: unknown, worker: WorkerProcess) => void;
}

/** The longest delay of a Node timer. */
const maxTimeoutMs = 2 ** 31 - 1;

/** How long to wait for the rest of stderr: a program that the worker started may keep it open. */
const stderrGraceMs = 250;

/** One process, from its start to its end. */
export class WorkerProcess implements WorkerHandle {
  readonly slot: number;
  readonly generation: number;
  /**
   * Resolves when the worker reports that it is ready. Rejects with `SUPERVISOR_WORKER_FAILED` if it ends before, or is
   * killed for taking too long.
   */
  readonly ready: Promise<void>;
  readonly exited: Promise<WorkerExit>;
  state: 'starting' | 'ready' | 'stopping' | 'exited' = 'starting';
  readyAt: number | null = null;
  /** The connections it last reported; `null` if it reports none. */
  connections: number | null = null;

  readonly #terms: WorkerTerms;
  readonly #child: ChildProcess | null;
  readonly #channel: WorkerChannel | null;
  readonly #messages: MessageChannel | null;
  readonly #pings: PingWatch | null;
  #tellReady: () => void = () => undefined;
  /** A debugger may stop it for any time, so it is not pinged. */
  #hasDebugger = false;
  #reason: string | null = null;
  #killAt = Number.POSITIVE_INFINITY;
  #isOverdue = false;
  /** Whether it was replaced, and may keep connections that do not end by themselves. */
  #isLingering = false;
  /** When it was told to stop. */
  #stopSince: number | null = null;
  #killTimer: NodeJS.Timeout | undefined;
  #readyTimer: NodeJS.Timeout | undefined;

  /** Never throws: a failure to start counts as an exit. */
  constructor(terms: WorkerTerms, place: LaunchPlace) {
    this.slot = place.slot;
    this.generation = place.generation;
    this.#terms = terms;
    this.#pings = terms.ping === null ? null : new PingWatch(terms.ping);
    const launched = launchWorker(terms, place);
    this.#child = launched instanceof Error ? null : launched;
    if (launched instanceof Error) this.#reason = `it could not be started: ${launched.message}`;
    const pipe = messagePipeOf(this.#child, terms);
    this.#messages = pipe === undefined ? null : new MessageChannel(pipe, (message) => terms.onMessage(message, this));
    const stream = channelOf(this.#child);
    this.#channel =
      stream === undefined
        ? null
        : new WorkerChannel(
            stream,
            (message) => this.#hear(message),
            () => this.#loseChannel(),
          );
    this.exited = this.#child === null ? Promise.resolve(this.#end(null, null, [])) : this.#watch(this.#child);
    this.ready = this.#becomeReady();
    this.ready.catch(() => undefined); // callers that need the result await it
  }

  get pid(): number | null {
    return this.state === 'exited' ? null : (this.#child?.pid ?? null);
  }

  /** Whether it was killed because it did not end in time. */
  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  /**
   * Asks it to stop, and kills it after `timeoutMs`, or `lingerMs` later if its connections may go on for so long. A later
   * call can only shorten the time.
   */
  stop(timeoutMs: number, lingerMs = 0): Promise<WorkerExit> {
    if (this.state === 'exited') return this.exited;
    if (timeoutMs <= 0) {
      this.kill('it was stopped at once');
      return this.exited;
    }
    if (this.state !== 'stopping' || (this.#isLingering && lingerMs === 0)) {
      const most = { timeoutMs: workerTimeoutMs(timeoutMs), ...(lingerMs > 0 ? { lingerMs } : {}) };
      this.#channel?.send({ windhover: 'stop', ...most });
      // A worker that does not read its channel yet ends by the signal; for others the signal means the same.
      if (this.state === 'starting') this.#child?.kill('SIGTERM');
      this.state = 'stopping';
      this.#isLingering = lingerMs > 0;
    }
    this.#stopSince ??= Date.now();
    const killMs = Math.min(timeoutMs + lingerMs, maxTimeoutMs);
    this.#killAfter(killMs, `it did not stop within ${Date.now() - this.#stopSince + killMs} ms`);
    return this.exited;
  }

  kill(reason: string): void {
    if (this.state === 'exited') return;
    this.#reason ??= reason;
    this.#child?.kill('SIGKILL');
  }

  send(message: unknown): void {
    this.#messages?.send(message);
  }

  /** Tells it how many of its connections are too many. */
  shed(count: number): void {
    this.#channel?.send({ windhover: 'shed', count });
  }

  /** Whether it is ready and owes no answer to a ping. */
  get answers(): boolean {
    return this.state === 'ready' && this.#pings?.isWaiting !== true;
  }

  /** Counts a ping tick. A worker that starts or stops has deadlines of its own, unless it lingers for hours. */
  tick(): void {
    if (this.#pings === null || this.#hasDebugger) return;
    if (this.state !== 'ready' && !this.#isLingering) return;
    const next = this.#pings.tick();
    if (next === 'ask') this.#channel?.send({ windhover: 'ping' });
    // A process that runs no code cannot handle SIGTERM.
    else if (next === 'give-up') this.kill(`it hung: a ping was not answered within ${this.#terms.ping?.timeoutMs} ms`);
  }

  #hear(message: ToSupervisor): void {
    switch (message.windhover) {
      case 'ready':
        this.#tellReady();
        break;
      case 'pong':
        this.#pings?.answered();
        break;
      case 'debugger':
        this.#hasDebugger = message.isOpen;
        break;
      case 'connections':
        this.connections = message.count;
        if (this.state === 'ready') this.#terms.onConnections(this);
    }
  }

  #becomeReady(): Promise<void> {
    const { readyTimeoutMs } = this.#terms;
    return new Promise((resolve, reject) => {
      const fail = (exit: WorkerExit): void =>
        reject(new SupervisorError('SUPERVISOR_WORKER_FAILED', describeExit(exit)));
      void this.exited.then(fail);
      if (this.state === 'exited') return;
      this.#readyTimer = setTimeout(() => this.kill(`it was not ready within ${readyTimeoutMs} ms`), readyTimeoutMs);
      this.#tellReady = () => {
        if (this.state !== 'starting') return;
        clearTimeout(this.#readyTimer);
        this.state = 'ready';
        this.readyAt = Date.now();
        resolve();
        if (this.connections !== null) this.#terms.onConnections(this);
      };
    });
  }

  #killAfter(timeoutMs: number, reason: string): void {
    const at = Date.now() + timeoutMs;
    if (at >= this.#killAt || this.state === 'exited') return;
    this.#killAt = at;
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => {
      this.#isOverdue = true;
      this.kill(reason);
    }, timeoutMs);
  }

  #watch(child: ChildProcess): Promise<WorkerExit> {
    const stderr =
      this.#channel === null ? null : new StderrLines(child.stderr!, (lines) => this.#terms.forwardStderr(lines, this));
    return new Promise((resolve) => {
      const end = async (code: number | null, signal: NodeJS.Signals | null): Promise<void> => {
        if (stderr !== null) await within(stderr.ended, stderrGraceMs);
        child.stderr?.destroy();
        this.#channel?.close();
        this.#messages?.close();
        resolve(this.#end(code, signal, stderr?.last ?? []));
      };
      child.once('exit', (code, signal) => void end(code, signal));
      child.on('error', (error) => {
        if (child.pid !== undefined) return; // a signal could not be sent; the exit is still to come
        this.#reason = `it could not be started: ${error.message}`;
        void end(null, null);
      });
    });
  }

  /** Usually the worker is about to exit. If not, it can only be reached by signals now. */
  #loseChannel(): void {
    if (this.state === 'exited') return;
    this.#child?.kill('SIGTERM');
    this.#killAfter(this.#terms.stopTimeoutMs, 'it closed its channel to the supervisor');
  }

  #end(code: number | null, signal: NodeJS.Signals | null, stderr: readonly string[]): WorkerExit {
    clearTimeout(this.#killTimer);
    clearTimeout(this.#readyTimer);
    this.state = 'exited';
    return { code, signal, at: Date.now(), reason: this.#reason, stderr };
  }
}

async function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
  clearTimeout(timer);
}

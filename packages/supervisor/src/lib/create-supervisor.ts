import { Balancer } from './balancer.ts';
import { ControlServer } from './control-server.ts';
import { detailOf, SupervisorError } from './errors.ts';
import { forwardStderr, ignoreClosedStderr } from './forward-stderr.ts';
import { Listeners } from './listeners.ts';
import { notifySystemd } from './notify-systemd.ts';
import { checkChanges, type ResolvedOptions, resolveOptions, type SupervisorOptions } from './options.ts';
import { pingTickMs } from './ping-watch.ts';
import { listenToSignals } from './signals.ts';
import { Slot } from './slot.ts';
import { StartLines } from './start-lines.ts';
import type { Supervisor, SupervisorChanges, SupervisorState, SupervisorStatus } from './supervisor.ts';
import { watchdogPeriodMs } from './watchdog.ts';
import type { WorkerHandle } from './worker-handle.ts';
import { WorkerProcess, type WorkerTerms } from './worker-process.ts';

/** Creates a supervisor; opens nothing yet. Throws `SUPERVISOR_OPTION_INVALID` or `SUPERVISOR_PLATFORM`. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const resolved = resolveOptions(options);
  if (process.platform === 'win32') {
    throw new SupervisorError(
      'SUPERVISOR_PLATFORM',
      'Windows has no sockets that a process can inherit. Run one process without a supervisor.',
    );
  }
  return new ProcessSupervisor(resolved);
}

class ProcessSupervisor implements Supervisor {
  readonly stopped: Promise<void>;
  readonly #options: ResolvedOptions;
  #tellStopped: () => void = () => undefined;
  #slots: readonly Slot[];
  /** Slots that a reload has taken away, while their workers finish. */
  readonly #retired = new Set<Slot>();
  readonly #makeSlot: (index: number) => Slot;
  readonly #processes = new Set<WorkerProcess>();
  readonly #balancer: Balancer;
  #state: SupervisorState = 'idle';
  #generation = 0;
  #listeners: Listeners | null = null;
  /** The listeners of each generation that a slot may still have. */
  readonly #listenersOf = new Map<number, Listeners>();
  #control: ControlServer | null = null;
  #reloadError: string | null = null;
  #reloading: Promise<void> | null = null;
  #nextReload: Promise<void> | null = null;
  #nextChanges: SupervisorChanges = {};
  #stopping: Promise<void> | null = null;
  #ignoreSignals: () => void = () => undefined;
  #pings: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  /** Filters repeated lines until the start has succeeded; `null` with `retryStart`, which reports every attempt. */
  #startLines: StartLines<WorkerProcess> | null;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#startLines = options.retryStart ? null : new StartLines();
    this.stopped = new Promise((resolve) => (this.#tellStopped = resolve));
    this.#balancer = new Balancer(() => this.#readyWorkers());
    const terms: WorkerTerms = {
      ...options,
      forwardStderr: (lines, worker) => forwardStderr(this.#startLines?.take(worker, lines) ?? lines),
      onConnections: (worker) => {
        if (options.balance) this.#balancer.heard(worker);
      },
      takesMessages: options.onMessage !== null,
      onMessage: (message, worker) => this.#tellMessage(message, worker),
    };
    const host = {
      log: options.log,
      backoff: options.backoff,
      stopTimeoutMs: options.stopTimeoutMs,
      launch: (slot: number, generation: number) => {
        const listeners = this.#listenersOf.get(generation) ?? this.#listeners;
        const worker = new WorkerProcess(terms, { slot, generation, listen: listeners?.descriptors(slot) ?? {} });
        this.#processes.add(worker);
        void worker.exited.then(() => this.#processes.delete(worker));
        return worker;
      },
      renewSockets: (slot: number) => this.#listeners?.renew(slot, options.log),
    };
    this.#makeSlot = (index) => new Slot(index, host);
    this.#slots = Array.from({ length: options.workers }, (_, index) => this.#makeSlot(index));
  }

  async start(): Promise<void> {
    if (this.#state !== 'idle') throw this.#wrongState('start');
    this.#state = 'starting';
    this.#generation = 1;
    try {
      await this.#open();
      await this.#startWorkers();
      this.#refuseStopped();
    } catch (error) {
      throw await this.#giveUp(error);
    }
    this.#state = 'running';
    this.#startLines = null;
    for (const slot of this.#slots) slot.keep();
    this.#options.log.info('All workers are ready', { workers: this.#slots.length });
    await this.#notify('ready', 'all workers are ready');
  }

  get workers(): readonly WorkerHandle[] {
    return [...this.#processes];
  }

  async reload(changes: SupervisorChanges = {}): Promise<void> {
    checkChanges(changes);
    if (this.#state !== 'running' && this.#state !== 'reloading') throw this.#wrongState('reload');
    if (this.#reloading === null) {
      this.#reloading = this.#roll(changes);
      return this.#reloading;
    }
    const failed = (): undefined => undefined; // reported to the caller of that reload
    this.#nextChanges = { ...this.#nextChanges, ...changes };
    this.#nextReload ??= this.#reloading.catch(failed).then(() => {
      this.#nextReload = null;
      this.#refuseStopped('a reload was waiting for the one before');
      const next = this.#nextChanges;
      this.#nextChanges = {};
      return this.reload(next);
    });
    return this.#nextReload;
  }

  stop({ timeoutMs = this.#options.stopTimeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    if (this.#stopping === null) this.#stopping = this.#end(timeoutMs);
    else for (const slot of [...this.#slots, ...this.#retired]) void slot.stop(timeoutMs);
    return this.#stopping;
  }

  status(): SupervisorStatus {
    return {
      pid: process.pid,
      state: this.#state,
      generation: this.#generation,
      listen: this.#listeners?.addresses ?? {},
      reloadError: this.#reloadError,
      slots: this.#slots.map((slot) => slot.status()),
    };
  }

  /** Opens everything that is visible from outside, before the first worker starts. */
  async #open(): Promise<void> {
    const { listen, workers, socketPerWorker, controlPath, signals, onReload, onStatus, commands, log } = this.#options;
    process.stderr.on('error', ignoreClosedStderr);
    if (process.pid === 1)
      log.warn(
        'This process is PID 1: orphans that end stay zombies. Call becomeInit() first, or use an init (docker run --init).',
      );
    if (signals) this.#ignoreSignals = this.#listenToSignals();
    this.#startPings();
    this.#startWatchdog();
    this.#listeners = await Listeners.bind(listen, workers, socketPerWorker);
    this.#refuseStopped();
    if (controlPath !== null) {
      this.#control = await ControlServer.open(controlPath, {
        ...commands,
        status: onStatus ?? (() => this.status()),
        reload: onReload ?? (() => this.reload()),
        stop: () => this.stop(),
      });
    }
    this.#refuseStopped();
  }

  #readyWorkers(): readonly WorkerProcess[] {
    return this.#slots.map((slot) => slot.readyWorker).filter((worker) => worker !== null);
  }

  #startPings(): void {
    const { ping } = this.#options;
    if (ping === null) return;
    const tick = (): void => {
      for (const slot of this.#slots) for (const worker of slot.pinged) worker.tick();
    };
    // Deferred, so that after a pause of this process the answers that arrived meanwhile are read first.
    this.#pings = setInterval(() => setImmediate(tick), pingTickMs(ping)).unref();
  }

  /** systemd restarts a service of which it does not hear that every worker answers. */
  #startWatchdog(): void {
    const periodMs = this.#options.systemd ? watchdogPeriodMs(process.env, process.pid) : null;
    if (periodMs === null) return;
    const tick = (): void => {
      const isWell = this.#slots.every((slot) => slot.readyWorker?.answers === true);
      if (isWell) void notifySystemd('watchdog', 'all workers answer', this.#options.log);
    };
    this.#watchdog = setInterval(tick, periodMs).unref();
  }

  async #startWorkers(): Promise<void> {
    const starts = this.#slots.map((slot) => slot.start(this.#generation));
    if (!this.#options.retryStart) {
      await Promise.all(starts).catch((error: unknown) => {
        throw ofAll(error, starts.length);
      });
      return;
    }
    for (const start of starts) start.catch(() => undefined); // the next attempt follows
    for (const slot of this.#slots) slot.keep();
    await Promise.all(this.#slots.map((slot) => slot.firstReady));
  }

  #tellMessage(message: unknown, worker: WorkerProcess): void {
    try {
      this.#options.onMessage?.(message, worker);
    } catch (error) {
      this.#options.log.error(`A message of worker ${worker.pid} could not be handled`, { error });
    }
  }

  /** Replaces one slot after the other. The first failure stops the reload: the files now on disk do not run. */
  async #roll({ listen, workers = this.#slots.length, lingerMs = 0 }: SupervisorChanges): Promise<void> {
    this.#state = 'reloading';
    this.#generation += 1;
    const notified = this.#notify('reloading', `starting generation ${this.#generation}`);
    try {
      await this.#changeTo(listen, workers, lingerMs);
      this.#reloadError = null;
      this.#options.log.info('All workers are replaced', { generation: this.#generation });
    } catch (error) {
      this.#reloadError = (error as Error).message;
      if (this.#stopping !== null) this.#options.log.info('The reload was abandoned: the supervisor stops');
      else this.#options.log.error('The reload was abandoned, and the workers that were there stay', { error });
      throw error;
    } finally {
      await notified;
      if (this.#state === 'reloading') {
        this.#state = 'running';
        await this.#notify('ready', this.#reloadError === null ? 'all workers are replaced' : 'the reload failed');
      }
      this.#reloading = null;
    }
  }

  /** Replaces all workers by some that have these sockets, then closes the sockets and slots that are not needed any more. */
  async #changeTo(listen: SupervisorChanges['listen'], workers: number, lingerMs: number): Promise<void> {
    const before = this.#listeners!;
    const { socketPerWorker } = this.#options;
    const isChanged = listen !== undefined || workers > this.#slots.length;
    const next = isChanged ? await before.change(listen ?? before.asked, workers, socketPerWorker) : before;
    this.#listenersOf.set(this.#generation, next);
    const added = Array.from({ length: Math.max(0, workers - this.#slots.length) }, (_, index) =>
      this.#makeSlot(this.#slots.length + index),
    );
    let replaced = 0;
    try {
      for (const slot of this.#slots.slice(0, workers)) {
        await slot.replace(this.#generation, lingerMs);
        replaced += 1;
      }
      for (const slot of added) await slot.start(this.#generation);
    } catch (error) {
      for (const slot of added) void slot.stop(this.#options.stopTimeoutMs);
      // Slots that were replaced keep their sockets, and so do workers that replace theirs after a crash.
      if (replaced === 0) {
        this.#listenersOf.delete(this.#generation);
        next.closeExcept([before]);
      }
      throw error;
    }
    for (const slot of added) slot.keep();
    const surplus = this.#slots.slice(workers);
    this.#slots = [...this.#slots.slice(0, workers), ...added];
    this.#listeners = next;
    for (const [generation, listeners] of this.#listenersOf) {
      listeners.closeExcept([next]);
      if (generation !== this.#generation) this.#listenersOf.delete(generation);
    }
    before.closeExcept([next]);
    next.trim(workers);
    for (const slot of surplus) this.#retire(slot, lingerMs);
  }

  #retire(slot: Slot, lingerMs: number): void {
    this.#retired.add(slot);
    void slot.stop(this.#options.stopTimeoutMs, lingerMs).then(() => this.#retired.delete(slot));
  }

  async #end(timeoutMs: number): Promise<void> {
    const wasIdle = this.#state === 'idle';
    this.#state = 'stopping';
    const notified = wasIdle ? undefined : this.#notify('stopping', 'the workers are finishing');
    // The listeners close first: then the workers hold the last copies, and clients are refused as soon as the workers
    // stop accepting.
    this.#closeListeners();
    await Promise.all([...this.#slots, ...this.#retired].map((slot) => slot.stop(timeoutMs)));
    await notified;
    this.#release();
  }

  /**
   * After a failed start: workers that are not ready are killed; the others may already be answering requests, so they
   * stop gracefully.
   */
  async #giveUp(error: unknown): Promise<unknown> {
    const wasStopped = this.#stopping !== null;
    for (const slot of this.#slots) slot.killStarting();
    await this.stop();
    this.#release(); // releases anything opened after the stop had begun
    return wasStopped ? new SupervisorError('SUPERVISOR_STOPPED', 'it was starting', error) : error;
  }

  #release(): void {
    clearInterval(this.#pings);
    clearInterval(this.#watchdog);
    this.#balancer.close();
    this.#closeListeners();
    this.#control?.close();
    this.#ignoreSignals();
    process.stderr.off('error', ignoreClosedStderr);
    this.#state = 'stopped';
    this.#tellStopped();
  }

  #closeListeners(): void {
    for (const listeners of this.#listenersOf.values()) listeners.close();
    this.#listeners?.close();
  }

  #listenToSignals(): () => void {
    return listenToSignals({
      stop: () => void this.stop(),
      stopAtOnce: () => void this.stop({ timeoutMs: 0 }),
      reload: () => {
        const { onReload } = this.#options;
        const reload = async (): Promise<unknown> => (onReload === null ? this.reload() : onReload({}));
        reload().catch((error: unknown) => this.#refuseSignal(error));
      },
    });
  }

  /** A reload that did begin has already logged its own result. */
  #refuseSignal(error: unknown): void {
    const isRefused = SupervisorError.is(error) && error.code === 'SUPERVISOR_WRONG_STATE';
    if (isRefused) this.#options.log.warn(`SIGHUP: ${error.message}`);
  }

  #notify(state: 'ready' | 'reloading' | 'stopping', status: string): Promise<void> {
    return this.#options.systemd ? notifySystemd(state, status, this.#options.log) : Promise.resolve();
  }

  #refuseStopped(what = 'it was starting'): void {
    if (this.#stopping !== null) throw new SupervisorError('SUPERVISOR_STOPPED', what);
  }

  #wrongState(what: string): SupervisorError {
    return new SupervisorError('SUPERVISOR_WRONG_STATE', `${what}() of a supervisor that is ${this.#state}`);
  }
}

/** One worker that does not become ready ends the start of all. */
function ofAll(error: unknown, workers: number): unknown {
  const isFailure = SupervisorError.is(error) && error.code === 'SUPERVISOR_WORKER_FAILED';
  if (!isFailure || workers === 1) return error;
  const detail = `the start of all ${workers} was given up, because ${detailOf(error)}`;
  return new SupervisorError(error.code, detail, error.cause);
}

import type { ToSupervisor } from './messages.ts';

/** What a worker serves with, as far as the supervisor wants to know: a server of `@windhover/server` is one. */
export interface WorkerLoad {
  /** Connections that are open. It is read twice a second. */
  readonly connections: number;
  /**
   * So many of them are more than the share of this worker: the next `count` answers say `Connection: close`, so that their clients come back
   * and may get to another worker. The count takes the place of the one before.
   */
  shed(count: number): void;
}

/** Between two reports: long enough for clients to come back, short enough for a balance within a few seconds. */
const periodMs = 500;

/** A period that is nearly over is no time for one more report. */
const minDelayMs = 250;

/** Tells the supervisor, twice a second and only what has changed, how many connections there are and whether an inspector is open. */
export class WorkerReport {
  #load: WorkerLoad | null = null;
  readonly #send: (message: ToSupervisor) => void;
  /** As the supervisor knows it; `null`: it shall be told, whatever it is. */
  #connections: number | null = null;
  #hasDebugger = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (message: ToSupervisor) => void) {
    this.#send = send;
    this.#tell();
  }

  /** From now on it tells of these. */
  balance(load: WorkerLoad): void {
    this.#load = load;
    this.#tell();
  }

  /** What comes of it is told in any case, even if it is nothing. */
  shed(count: number): void {
    this.#connections = null;
    this.#load?.shed(count);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Now, and then at every whole and half second: what all workers tell was true at the same moment. */
  #tell(): void {
    this.#tellDebugger();
    this.#tellConnections();
    clearTimeout(this.#timer);
    const delayMs = periodMs - (Date.now() % periodMs);
    this.#timer = setTimeout(() => this.#tell(), delayMs < minDelayMs ? delayMs + periodMs : delayMs).unref();
  }

  #tellConnections(): void {
    const count = this.#load?.connections ?? null;
    if (count === null || count === this.#connections) return;
    this.#connections = count;
    this.#send({ windhover: 'connections', count });
  }

  #tellDebugger(): void {
    const isOpen = isInspected();
    if (isOpen === this.#hasDebugger) return;
    this.#hasDebugger = isOpen;
    this.#send({ windhover: 'debugger', isOpen });
  }
}

/** Whether `--inspect`, SIGUSR1 or the program itself has opened the inspector: who stands at a breakpoint answers nobody. */
function isInspected(): boolean {
  // Not imported: a Node that was built without it would not start.
  return process.getBuiltinModule('node:inspector')?.url() !== undefined;
}

import type { ToSupervisor } from './messages.ts';

/** The part of a worker's server that balancing needs; a server of `@windhover/server` fits. */
export interface WorkerLoad {
  /** Open connections. Read twice a second. */
  readonly connections: number;
  /**
   * Tells the server that it has `count` connections more than its share. It should answer its next `count` requests
   * with `Connection: close`, so that these clients reconnect and may reach another worker. A new count replaces the
   * old one.
   */
  shed(count: number): void;
}

/** Time between two reports: long enough for clients to reconnect, short enough for a balance within a few seconds. */
const periodMs = 500;

/** If less of the period is left, its report is skipped. */
const minDelayMs = 250;

/**
 * Reports to the supervisor, twice a second and only on changes, the number of connections and whether an inspector is
 * open.
 */
export class WorkerReport {
  #load: WorkerLoad | null = null;
  readonly #send: (message: ToSupervisor) => void;
  /** The count that the supervisor knows; `null` forces the next report. */
  #connections: number | null = null;
  #hasDebugger = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (message: ToSupervisor) => void) {
    this.#send = send;
    this.#tell();
  }

  /** Reports the connections of `load` from now on. */
  balance(load: WorkerLoad): void {
    this.#load = load;
    this.#tell();
  }

  /** The next report is sent even if the count has not changed. */
  shed(count: number): void {
    this.#connections = null;
    this.#load?.shed(count);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /**
   * Reports now, and then at every whole and half second, so that the counts of all workers refer to the same moment.
   */
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

/**
 * Whether `--inspect`, SIGUSR1 or the program itself has opened the inspector: a worker at a breakpoint answers no
 * ping.
 */
function isInspected(): boolean {
  // Not imported, because a Node built without it would not start.
  return process.getBuiltinModule('node:inspector')?.url() !== undefined;
}

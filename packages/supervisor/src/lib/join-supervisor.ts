import net from 'node:net';
import { refuseOption } from './check-option.ts';
import { SupervisorError } from './errors.ts';
import { createLineReader, parseLine } from './line-reader.ts';
import { MessageChannel } from './message-channel.ts';
import {
  formatMessage,
  maxMessageBytes,
  placeVariable,
  readFromSupervisor,
  type ToSupervisor,
  type WorkerPlace,
} from './messages.ts';
import { type WorkerLoad, WorkerReport } from './worker-report.ts';

/**
 * `stop`: the supervisor asked for it. `supervisor-gone`: the supervisor died. `signal`: this process alone got a
 * SIGTERM.
 */
export type StopReason = 'stop' | 'supervisor-gone' | 'signal';

/** How a worker is to stop. */
export interface StopRequest {
  /** Time for the work under way, in milliseconds. */
  readonly timeoutMs: number;
  readonly reason: StopReason;
  /**
   * Above 0: another worker has replaced this one, and streams and tunnels may go on for so many milliseconds. The process
   * ends with the last of them. See `SupervisorChanges.lingerMs`.
   */
  readonly lingerMs: number;
}

/** Finishes the work under way. The process exits when all handlers have settled. */
export type StopHandler = (stop: StopRequest) => unknown;

/** This process in its role as a worker. */
export interface SupervisedWorker<Name extends string = string> {
  /** The number of its slot, from 0. */
  readonly slot: number;
  /** The generation of its code: 1, plus one for each reload. */
  readonly generation: number;
  /** The supervisor's sockets by name, as accepted by `listen` of a `net.Server` or of `@windhover/server`. */
  readonly listen: Readonly<Record<Name, { readonly fd: number }>>;
  /** Tells the supervisor that this worker answers requests from now on. */
  ready(): void;
  /**
   * Lets the supervisor balance connections: this worker reports how many it has, and is told how many are more than
   * its share. A second call replaces the first. Throws `SUPERVISOR_OPTION_INVALID` if `load` lacks `connections` or
   * `shed`.
   */
  balance(load: WorkerLoad): void;
  /**
   * Runs `handler` when it is time to stop, and once more, with `lingerMs` 0, if a worker that may linger has to end sooner.
   * If it rejects, the error is printed and the exit code is 1. Throws `SUPERVISOR_OPTION_INVALID`.
   */
  onStop(handler: StopHandler): void;
  /**
   * Sends the program around the supervisor a message, which its `onMessage` gets. Any value that JSON can express. What
   * was sent before the process stops by itself arrives. Does nothing if the supervisor takes no messages.
   */
  send(message: unknown): void;
  /** Bytes of messages that the supervisor has not taken yet: somebody who sends a lot should look. */
  readonly pendingBytes: number;
  /** Runs `handler` for each message of the supervisor from now on. Those that came before wait for the first handler. */
  onMessage(handler: (message: unknown) => void): void;
}

/** The descriptor of the channel to the supervisor. */
const channelDescriptor = 3;

/** How long the end waits, in milliseconds, for a supervisor that is busy to take the last messages. */
const lastMessagesMs = 1000;

/** How much longer than their time handlers may take before the process ends itself. */
const lateMs = 3000;

/** The longest delay of a Node timer. */
const maxTimeoutMs = 2 ** 31 - 1;

let joined: Worker | null = null;

/** Whether a supervisor started this process. */
export function isSupervised(): boolean {
  return joined !== null || readPlace() !== null;
}

/**
 * Registers this process as a worker of its supervisor; a second call returns the same object. From then on SIGTERM
 * stops gracefully, and SIGINT and SIGHUP, which a terminal sends to all its processes, are left to the supervisor.
 * Throws `SUPERVISOR_ABSENT` if no supervisor started this process.
 */
export function joinSupervisor<Name extends string = string>(): SupervisedWorker<Name> {
  if (joined === null) {
    const place = readPlace();
    if (place === null) {
      const advice = 'Start it by createSupervisor({ worker }), or ask isSupervised() first.';
      throw new SupervisorError('SUPERVISOR_ABSENT', advice);
    }
    joined = new Worker(place);
  }
  return joined as SupervisedWorker as SupervisedWorker<Name>;
}

function readPlace(): WorkerPlace | null {
  const place = parseLine(process.env[placeVariable] ?? '') as WorkerPlace | undefined;
  // A child of the worker inherits the variable, but it has another parent and no channel.
  return place?.supervisor === process.ppid ? place : null;
}

class Worker implements SupervisedWorker {
  readonly slot: number;
  readonly generation: number;
  readonly listen: SupervisedWorker['listen'];
  readonly #stopTimeoutMs: number;
  readonly #channel: net.Socket;
  readonly #handlers: StopHandler[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #report: WorkerReport;
  readonly #messages: MessageChannel | null;
  readonly #messageHandlers: ((message: unknown) => void)[] = [];
  /** Messages that came before the first handler. */
  #early: unknown[] = [];
  #stopping: StopRequest | null = null;
  #late: NodeJS.Timeout | undefined;

  constructor({ slot, generation, listen, messages, stopTimeoutMs }: WorkerPlace) {
    this.slot = slot;
    this.generation = generation;
    this.listen = Object.freeze(Object.fromEntries(Object.entries(listen).map(([name, fd]) => [name, { fd }])));
    this.#stopTimeoutMs = stopTimeoutMs;
    this.#channel = new net.Socket({ fd: channelDescriptor, readable: true, writable: true });
    const reader = createLineReader(
      maxMessageBytes,
      (line) => this.#hear(line),
      () => undefined,
    );
    this.#channel.on('data', (chunk: Buffer) => reader.read(chunk));
    this.#channel.on('error', () => undefined); // 'close' follows
    this.#channel.once('close', () => this.#stop(this.#stopTimeoutMs, 'supervisor-gone'));
    this.#messages =
      messages === null
        ? null
        : new MessageChannel(new net.Socket({ fd: messages, readable: true, writable: true }), (message) =>
            this.#take(message),
          );
    this.#report = new WorkerReport((message) => this.#send(message));
    process.stderr.on('error', () => undefined); // the supervisor reads stderr, and may be gone
    process.on('SIGTERM', () => this.#stop(this.#stopTimeoutMs, 'signal'));
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  }

  ready(): void {
    if (this.#stopping === null) this.#send({ windhover: 'ready' });
  }

  balance(load: WorkerLoad): void {
    if (typeof load?.connections !== 'number' || typeof load.shed !== 'function') {
      const expected = 'expected { connections, shed }, a number and a function: a server of @windhover/server is one';
      throw new SupervisorError('SUPERVISOR_OPTION_INVALID', `balance(): ${expected}`);
    }
    if (this.#stopping === null) this.#report.balance(load);
  }

  onStop(handler: StopHandler): void {
    if (typeof handler !== 'function') throw refuseOption('onStop()', 'expected a function', handler);
    if (this.#stopping === null) this.#handlers.push(handler);
    else this.#pending.add(runHandler(handler, this.#stopping));
  }

  send(message: unknown): void {
    this.#messages?.send(message);
  }

  get pendingBytes(): number {
    return this.#messages?.pendingBytes ?? 0;
  }

  onMessage(handler: (message: unknown) => void): void {
    if (typeof handler !== 'function') throw refuseOption('onMessage()', 'expected a function', handler);
    this.#messageHandlers.push(handler);
    for (const message of this.#early.splice(0)) handler(message);
  }

  #take(message: unknown): void {
    if (this.#messageHandlers.length === 0) this.#early.push(message);
    for (const handler of this.#messageHandlers) handler(message);
  }

  #hear(line: string): void {
    const message = readFromSupervisor(line);
    if (message?.windhover === 'stop') this.#stop(message.timeoutMs, 'stop', message.lingerMs);
    else if (message?.windhover === 'ping') this.#send({ windhover: 'pong' });
    else if (message?.windhover === 'shed') this.#report.shed(message.count);
  }

  #send(message: ToSupervisor): void {
    if (this.#channel.writable) this.#channel.write(formatMessage(message));
  }

  #stop(timeoutMs: number, reason: StopReason, lingerMs = 0): void {
    const before = this.#stopping;
    if (before !== null && (before.lingerMs === 0 || lingerMs > 0)) return;
    this.#stopping = { timeoutMs, reason, lingerMs };
    this.#report.stop();
    for (const handler of this.#handlers) this.#pending.add(runHandler(handler, this.#stopping));
    // For a worker whose supervisor is gone; a live supervisor kills it earlier.
    clearTimeout(this.#late);
    const mostMs = Math.min(timeoutMs + lingerMs + lateMs, maxTimeoutMs);
    this.#late = setTimeout(() => process.exit(1), mostMs).unref();
    if (before === null) void this.#exit();
  }

  async #exit(): Promise<void> {
    for (const promise of this.#pending) await promise; // includes those added meanwhile
    await Promise.race([this.#messages?.flushed(), new Promise((resolve) => setTimeout(resolve, lastMessagesMs))]);
    process.exit();
  }
}

/** Never rejects. */
async function runHandler(handler: StopHandler, stop: Parameters<StopHandler>[0]): Promise<void> {
  try {
    await handler(stop);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}

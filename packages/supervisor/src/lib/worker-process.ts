import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { SupervisorError } from './errors.ts';
import { createLineReader, parseLine } from './line-reader.ts';
import { messageKind, placeVariable, type ToWorker, type WorkerPlace } from './messages.ts';
import { StderrLines } from './stderr-lines.ts';

/** How a worker is started. */
export interface WorkerProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readyTimeoutMs: number;
  readonly stopTimeoutMs: number;
  readonly forwardStderr: (lines: Buffer) => void;
}

/** How a worker ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What the supervisor did or saw, beyond the code: it was killed at a deadline, or could not be started. */
  readonly reason: string | null;
  /** The last lines it wrote to stderr, at most twenty. */
  readonly stderr: readonly string[];
}

/** Descriptors of a worker: 0 to 2, the channel, the listeners. */
const channelDescriptor = 3;

/** Ours are some dozen bytes; whatever is longer is none. */
const maxMessageBytes = 1024;

/** The rest of stderr is waited for no longer than this: a program that the worker has started may keep it open. */
const stderrGraceMs = 250;

/** One process, from its start to its end. */
export class WorkerProcess {
  readonly generation: number;
  /** Resolves when the worker says so. Rejects with `SUPERVISOR_WORKER_FAILED` if it ends before, or is killed for taking too long. */
  readonly ready: Promise<void>;
  readonly exited: Promise<WorkerExit>;
  state: 'starting' | 'ready' | 'stopping' | 'exited' = 'starting';
  readyAt: number | null = null;

  readonly #child: ChildProcess | null;
  readonly #program: WorkerProgram;
  #reason: string | null = null;
  #killAt = Number.POSITIVE_INFINITY;
  #killTimer: NodeJS.Timeout | undefined;
  #readyTimer: NodeJS.Timeout | undefined;

  /** Never throws: what goes wrong with starting is an exit. */
  constructor(program: WorkerProgram, place: Omit<WorkerPlace, 'supervisor' | 'stopTimeoutMs'>) {
    this.generation = place.generation;
    this.#program = program;
    const launched = launch(program, place);
    this.#child = launched instanceof Error ? null : launched;
    if (launched instanceof Error) this.#reason = `it could not be started: ${launched.message}`;
    this.exited = this.#child === null ? Promise.resolve(this.#end(null, null, [])) : this.#watch(this.#child);
    this.ready = this.#becomeReady();
    this.ready.catch(() => undefined); // whoever wants to know awaits it
  }

  get pid(): number | null {
    return this.state === 'exited' ? null : (this.#child?.pid ?? null);
  }

  /** Asks it to stop, and kills it after `timeoutMs`. A later call can only make that earlier. */
  stop(timeoutMs: number): Promise<WorkerExit> {
    if (this.state === 'exited') return this.exited;
    if (timeoutMs <= 0) {
      this.kill('it was stopped at once');
      return this.exited;
    }
    if (this.state !== 'stopping') {
      this.#send({ windhover: 'stop', timeoutMs: workerTimeout(timeoutMs) });
      // One that has not come to listen to us yet ends by the signal; for others it says the same.
      if (this.state === 'starting') this.#child?.kill('SIGTERM');
      this.state = 'stopping';
    }
    this.#killAfter(timeoutMs, `it did not stop within ${timeoutMs} ms`);
    return this.exited;
  }

  kill(reason: string): void {
    if (this.state === 'exited') return;
    this.#reason ??= reason;
    this.#child?.kill('SIGKILL');
  }

  #killAfter(timeoutMs: number, reason: string): void {
    const at = Date.now() + timeoutMs;
    if (at >= this.#killAt || this.state === 'exited') return;
    this.#killAt = at;
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => this.kill(reason), timeoutMs);
  }

  #send(message: ToWorker): void {
    const channel = channelOf(this.#child);
    if (channel?.writable === true) channel.write(`${JSON.stringify(message)}\n`);
  }

  #becomeReady(): Promise<void> {
    const { readyTimeoutMs } = this.#program;
    return new Promise((resolve, reject) => {
      const fail = (exit: WorkerExit): void =>
        reject(new SupervisorError('SUPERVISOR_WORKER_FAILED', describeExit(exit)));
      void this.exited.then(fail);
      const channel = channelOf(this.#child);
      if (channel === undefined) return;
      this.#readyTimer = setTimeout(() => this.kill(`it was not ready within ${readyTimeoutMs} ms`), readyTimeoutMs);
      const onLine = (line: string): void => {
        if (messageKind(parseLine(line)) !== 'ready' || this.state !== 'starting') return;
        clearTimeout(this.#readyTimer);
        this.state = 'ready';
        this.readyAt = Date.now();
        resolve();
      };
      const reader = createLineReader(maxMessageBytes, onLine, () => undefined);
      channel.on('data', (chunk: Buffer) => reader.read(chunk));
    });
  }

  #watch(child: ChildProcess): Promise<WorkerExit> {
    const channel = channelOf(child);
    const stderr = channel === undefined ? null : new StderrLines(child.stderr!, this.#program.forwardStderr);
    channel?.on('error', () => undefined); // 'close' follows
    channel?.once('close', () => this.#loseChannel());
    return new Promise((resolve) => {
      const end = async (code: number | null, signal: NodeJS.Signals | null): Promise<void> => {
        if (stderr !== null) await within(stderr.ended, stderrGraceMs);
        child.stderr?.destroy();
        channel?.destroy();
        resolve(this.#end(code, signal, stderr?.last ?? []));
      };
      child.once('exit', (code, signal) => void end(code, signal));
      child.on('error', (error) => {
        if (child.pid !== undefined) return; // a signal that could not be sent: its exit is still to come
        this.#reason = `it could not be started: ${error.message}`;
        void end(null, null);
      });
    });
  }

  /** Mostly it is about to exit. If not, nobody can tell it anything any more, except by a signal. */
  #loseChannel(): void {
    if (this.state === 'exited') return;
    this.#child?.kill('SIGTERM');
    this.#killAfter(this.#program.stopTimeoutMs, 'it closed its channel to the supervisor');
  }

  #end(code: number | null, signal: NodeJS.Signals | null, stderr: readonly string[]): WorkerExit {
    clearTimeout(this.#killTimer);
    clearTimeout(this.#readyTimer);
    this.state = 'exited';
    return { code, signal, at: Date.now(), reason: this.#reason, stderr };
  }
}

/** There is none, and no stderr, when the system had no descriptor left for them: Node leaves both out, against its types. */
function channelOf(child: ChildProcess | null): Duplex | undefined {
  return (child?.stdio as ChildProcess['stdio'] | undefined)?.[channelDescriptor] as Duplex | undefined;
}

/** How a worker ended, in words. */
export function describeExit({ code, signal, reason, stderr }: WorkerExit): string {
  const how = code !== null ? `exit code ${code}` : signal !== null ? `signal ${signal}` : 'no process';
  const why = reason === null ? `it ended with ${how}` : `${reason} (${how})`;
  return stderr.length === 0 ? `${why}; it wrote nothing to stderr` : `${why}; its last lines:\n${stderr.join('\n')}`;
}

/** A worker gets a little less than the supervisor waits, so that it is not killed while it is cutting what is left. */
function workerTimeout(timeoutMs: number): number {
  return Math.max(1, Math.floor(timeoutMs - Math.min(1000, timeoutMs / 5)));
}

function launch(
  program: WorkerProgram,
  place: Omit<WorkerPlace, 'supervisor' | 'stopTimeoutMs'>,
): ChildProcess | Error {
  const names = Object.keys(place.listen);
  const told: WorkerPlace = {
    ...place,
    supervisor: process.pid,
    listen: Object.fromEntries(names.map((name, index) => [name, channelDescriptor + 1 + index])),
    stopTimeoutMs: workerTimeout(program.stopTimeoutMs),
  };
  try {
    return spawn(process.execPath, [...program.execArgv, program.file, ...program.args], {
      stdio: ['ignore', 'inherit', 'pipe', 'pipe', ...Object.values(place.listen)],
      env: { ...program.env, [placeVariable]: JSON.stringify(told) },
    });
  } catch (error) {
    return error as Error;
  }
}

async function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
  clearTimeout(timer);
}

import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { placeVariable, type WorkerPlace } from './messages.ts';

/** How a worker is started. */
export interface WorkerProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stopTimeoutMs: number;
}

/** Which place a worker gets, with the supervisor's descriptors. */
export type LaunchPlace = Pick<WorkerPlace, 'slot' | 'generation' | 'listen'>;

/** Descriptors of a worker: 0 to 2, the channel, the listeners. */
const channelDescriptor = 3;

/** Starts a process, with a pipe for its stderr and one as its channel. Gives the system's error where that is not possible. */
export function launchWorker(program: WorkerProgram, place: LaunchPlace): ChildProcess | Error {
  const names = Object.keys(place.listen);
  const told: WorkerPlace = {
    ...place,
    supervisor: process.pid,
    listen: Object.fromEntries(names.map((name, index) => [name, channelDescriptor + 1 + index])),
    stopTimeoutMs: workerTimeoutMs(program.stopTimeoutMs),
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

/** There is none, and no stderr, when the system had no descriptor left for them: Node leaves both out, against its types. */
export function channelOf(child: ChildProcess | null): Duplex | undefined {
  return (child?.stdio as ChildProcess['stdio'] | undefined)?.[channelDescriptor] as Duplex | undefined;
}

/** A worker gets a little less than the supervisor waits, so that it is not killed while it is cutting what is left. */
export function workerTimeoutMs(timeoutMs: number): number {
  return Math.max(1, Math.floor(timeoutMs - Math.min(1000, timeoutMs / 5)));
}

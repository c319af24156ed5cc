import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { placeVariable, type WorkerPlace } from './messages.ts';

/** The program of a worker, and how to start it. */
export interface WorkerProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stopTimeoutMs: number;
  /** Whether there is a pipe for the application's messages. */
  readonly takesMessages: boolean;
}

/** The place for a new worker, with the supervisor's own descriptors. */
export type LaunchPlace = Pick<WorkerPlace, 'slot' | 'generation' | 'listen'>;

/** A worker's descriptors: 0 to 2, then the channel, then the pipe for messages if there is one, then the listeners. */
const channelDescriptor = 3;
const messageDescriptor = 4;

/**
 * Starts a process with a pipe for its stderr and another one as its channel. Returns the system's error if that fails.
 */
export function launchWorker(program: WorkerProgram, place: LaunchPlace): ChildProcess | Error {
  const names = Object.keys(place.listen);
  const first = program.takesMessages ? messageDescriptor + 1 : messageDescriptor;
  const told: WorkerPlace = {
    ...place,
    supervisor: process.pid,
    listen: Object.fromEntries(names.map((name, index) => [name, first + index])),
    messages: program.takesMessages ? messageDescriptor : null,
    stopTimeoutMs: workerTimeoutMs(program.stopTimeoutMs),
  };
  try {
    return spawn(process.execPath, [...program.execArgv, program.file, ...program.args], {
      stdio: [
        'ignore',
        'inherit',
        'pipe',
        'pipe',
        ...(program.takesMessages ? ['pipe' as const] : []),
        ...Object.values(place.listen),
      ],
      env: { ...program.env, [placeVariable]: JSON.stringify(told) },
    });
  } catch (error) {
    return error as Error;
  }
}

/**
 * The worker's channel. Contrary to its types, Node leaves out the channel and stderr if the system had no descriptor
 * left for them.
 */
export function channelOf(child: ChildProcess | null): Duplex | undefined {
  return pipeOf(child, channelDescriptor);
}

/** The pipe for the application's messages, if the program was started with one. */
export function messagePipeOf(child: ChildProcess | null, program: WorkerProgram): Duplex | undefined {
  return program.takesMessages ? pipeOf(child, messageDescriptor) : undefined;
}

function pipeOf(child: ChildProcess | null, descriptor: number): Duplex | undefined {
  return (child?.stdio as ChildProcess['stdio'] | undefined)?.[descriptor] as Duplex | undefined;
}

/**
 * A worker gets a little less time than the supervisor waits, so that it can close what is left before it is killed.
 */
export function workerTimeoutMs(timeoutMs: number): number {
  return Math.max(1, Math.floor(timeoutMs - Math.min(1000, timeoutMs / 5)));
}

import { parseLine } from './line-reader.ts';

/** What the supervisor says. `shed`: so many connections are more than the worker's share; the count takes the place of the one before. */
export type ToWorker =
  | { readonly windhover: 'stop'; readonly timeoutMs: number }
  | { readonly windhover: 'ping' }
  | { readonly windhover: 'shed'; readonly count: number };

/** What a worker says. `debugger`: whether one can be, or is, attached to it. */
export type ToSupervisor =
  | { readonly windhover: 'ready' }
  | { readonly windhover: 'pong' }
  | { readonly windhover: 'connections'; readonly count: number }
  | { readonly windhover: 'debugger'; readonly isOpen: boolean };

/** Ours are some dozen bytes; whatever is longer is none. */
export const maxMessageBytes = 1024;

/** No process has more descriptors, unless somebody raises the kernel's own limit (`fs.nr_open`). */
const maxConnections = 2 ** 20;

/** The variable that tells a worker where it is. */
export const placeVariable = 'WINDHOVER_WORKER';

/** Its value, as JSON. */
export interface WorkerPlace {
  /** Of the supervisor: a program that the worker starts has the variable too, but another parent. */
  readonly supervisor: number;
  readonly slot: number;
  readonly generation: number;
  /** The descriptor of each listener by its name. */
  readonly listen: Readonly<Record<string, number>>;
  readonly stopTimeoutMs: number;
}

/** A message as it goes over the channel. It begins with a line end: whatever else somebody has written there is over then. */
export function formatMessage(message: ToWorker | ToSupervisor): string {
  return `\n${JSON.stringify(message)}\n`;
}

/** The message of a worker, or `null`: everything else in the channel is the application's. */
export function readFromWorker(line: string): ToSupervisor | null {
  const message = readMessage(line) as ToSupervisor | null;
  switch (message?.windhover) {
    case 'ready':
    case 'pong':
      return message;
    case 'connections':
      return isCount(message.count) ? message : null;
    case 'debugger':
      return typeof message.isOpen === 'boolean' ? message : null;
    default:
      return null;
  }
}

/** The message of the supervisor, or `null`. */
export function readFromSupervisor(line: string): ToWorker | null {
  const message = readMessage(line) as ToWorker | null;
  switch (message?.windhover) {
    case 'ping':
      return message;
    case 'stop':
      return Number.isSafeInteger(message.timeoutMs) ? message : null;
    case 'shed':
      return isCount(message.count) ? message : null;
    default:
      return null;
  }
}

function readMessage(line: string): unknown {
  // Before it is parsed: a program that writes into the wrong descriptor writes much.
  return line.startsWith('{"windhover":') ? (parseLine(line) ?? null) : null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= maxConnections;
}

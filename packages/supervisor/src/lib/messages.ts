import { parseLine } from './line-reader.ts';

/**
 * A message from the supervisor. `shed`: this many connections are more than the worker's share; a new count replaces
 * the old one.
 */
export type ToWorker =
  | { readonly windhover: 'stop'; readonly timeoutMs: number; readonly lingerMs?: number }
  | { readonly windhover: 'ping' }
  | { readonly windhover: 'shed'; readonly count: number };

/** A message from a worker. `debugger`: whether an inspector is open, so that a debugger can be attached. */
export type ToSupervisor =
  | { readonly windhover: 'ready' }
  | { readonly windhover: 'pong' }
  | { readonly windhover: 'connections'; readonly count: number }
  | { readonly windhover: 'debugger'; readonly isOpen: boolean };

/** Our messages are a few dozen bytes long; a longer line is not one of them. */
export const maxMessageBytes = 1024;

/** A process cannot have more descriptors, unless somebody raises the kernel's limit (`fs.nr_open`). */
const maxConnections = 2 ** 20;

/** The environment variable that describes a worker's place. */
export const placeVariable = 'WINDHOVER_WORKER';

/** The value of that variable, as JSON. */
export interface WorkerPlace {
  /** The supervisor's PID. A child of the worker inherits the variable, but it has another parent. */
  readonly supervisor: number;
  readonly slot: number;
  readonly generation: number;
  /** The descriptor of each listener, by name. */
  readonly listen: Readonly<Record<string, number>>;
  /** The descriptor of the pipe for the application's messages; `null` if the supervisor takes none. */
  readonly messages: number | null;
  readonly stopTimeoutMs: number;
}

/** Formats a message for the channel. It begins with a line end, to finish any line that other code has begun there. */
export function formatMessage(message: ToWorker | ToSupervisor): string {
  return `\n${JSON.stringify(message)}\n`;
}

/** Reads a worker's message; `null` for any other line, which is the application's own output. */
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

/** Reads a message of the supervisor, or returns `null`. */
export function readFromSupervisor(line: string): ToWorker | null {
  const message = readMessage(line) as ToWorker | null;
  switch (message?.windhover) {
    case 'ping':
      return message;
    case 'stop':
      return [message.timeoutMs, message.lingerMs ?? 0].every(Number.isSafeInteger) ? message : null;
    case 'shed':
      return isCount(message.count) ? message : null;
    default:
      return null;
  }
}

function readMessage(line: string): unknown {
  // Checked before parsing, because a program that writes to the wrong descriptor may write a lot.
  return line.startsWith('{"windhover":') ? (parseLine(line) ?? null) : null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= maxConnections;
}

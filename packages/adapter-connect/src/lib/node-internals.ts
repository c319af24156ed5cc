import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { connectError } from './errors.ts';

/** What Node keeps private of an `IncomingMessage`, and is used here. */
export interface RequestInternals {
  _consuming: boolean;
  _addHeaderLines(lines: string[], count: number): void;
  /** Node's own rules for repeated fields, which it keeps in these two. */
  _addHeaderLine(name: string, value: string, into: object): void;
  _addHeaderLineDistinct(name: string, value: string, into: object): void;
  _dump(): void;
}

/** What Node keeps private of a `ServerResponse`, and is used here: the seams between its logic and its socket. */
export interface ResponseInternals {
  /** While it is set `headersSent` is true, and Node refuses changes of the head. */
  _header: string | null;
  _hasBody: boolean;
  _trailer: string;
  _contentLength: number | null;
  _closed: boolean;
  outputSize: number;
  _send(data: string | Uint8Array, encoding?: BufferEncoding | null, callback?: (() => void) | null): boolean;
  _writeRaw(data: string, encoding?: BufferEncoding, callback?: () => void): boolean;
  _finish(): void;
}

/** What Node keeps private of any emitter. Only looked at to be put back. */
export interface EmitterInternals {
  _events?: unknown;
}

const requestNames = ['_consuming', '_addHeaderLines', '_addHeaderLine', '_addHeaderLineDistinct', '_dump'];
const responseNames =
  '_header _hasBody _trailer _contentLength _closed outputSize _storeHeader _send _writeRaw _finish'.split(' ');
let missing: readonly string[] | null = null;

/** Throws `CONNECT_NODE_UNKNOWN` on a Node whose requests and responses are made in another way. Nothing on every release known. */
export function requireInternals(): void {
  const missing = missingInternals();
  if (missing.length > 0) throw connectError('CONNECT_NODE_UNKNOWN', missing.join(', '));
}

/** What this Node does not have, or does not call, of what both directions need. Tried out once. */
export function missingInternals(): readonly string[] {
  missing ??= tryOut(new IncomingMessage(null as unknown as Socket), ServerResponse);
  return missing;
}

/** @internal Tells the names that are missing, or that a small answer does not come by. */
export function tryOut(request: IncomingMessage, Response: typeof ServerResponse): string[] {
  const response = new Response(request);
  const absent = [
    ...requestNames.filter((name) => !(name in request)),
    ...responseNames.filter((name) => !(name in response)),
  ];
  if (absent.length > 0) return absent;
  if (!refusesHeadWhileHeld(response)) return ['_header'];
  const seams = ['_storeHeader', '_send'];
  const called = new Set<string>();
  for (const name of seams) {
    Object.assign(response, {
      [name]: () => {
        called.add(name);
        Object.assign(response, { _header: 'HTTP/1.1 200 OK' });
        return true;
      },
    });
  }
  response.end('x');
  return seams.filter((name) => !called.has(name));
}

function refusesHeadWhileHeld(response: ServerResponse): boolean {
  const held = response as ServerResponse & ResponseInternals;
  held._header = 'held';
  const { headersSent } = held;
  held._header = null;
  return headersSent && !held.headersSent;
}

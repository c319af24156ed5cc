import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { connectError } from './errors.ts';

/** Private members of `IncomingMessage` that are used here. */
export interface RequestInternals {
  _consuming: boolean;
  _addHeaderLines(lines: string[], count: number): void;
  /** Apply Node's rules for repeated fields and store the result in `into`. */
  _addHeaderLine(name: string, value: string, into: object): void;
  _addHeaderLineDistinct(name: string, value: string, into: object): void;
  _dump(): void;
}

/** Private members of `ServerResponse` that are used here: the methods where its logic meets its socket. */
export interface ResponseInternals {
  /** While this is set, `headersSent` is true and Node refuses to change the head. */
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

/** Private members of every emitter. They are only taken off and put back. */
export interface EmitterInternals {
  _events?: unknown;
}

const requestNames = ['_consuming', '_addHeaderLines', '_addHeaderLine', '_addHeaderLineDistinct', '_dump'];
const responseNames =
  '_header _hasBody _trailer _contentLength _closed outputSize _storeHeader _send _writeRaw _finish'.split(' ');
let missing: readonly string[] | null = null;

/** Throws `CONNECT_NODE_UNKNOWN` if this Node builds its requests and responses differently. All known releases pass. */
export function requireInternals(): void {
  const missing = missingInternals();
  if (missing.length > 0) throw connectError('CONNECT_NODE_UNKNOWN', missing.join(', '));
}

/** The members that both directions need but this Node lacks or does not call. Tested once. */
export function missingInternals(): readonly string[] {
  missing ??= tryOut(new IncomingMessage(null as unknown as Socket), ServerResponse);
  return missing;
}

/** @internal Returns the names that are missing or that a small answer does not call. */
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

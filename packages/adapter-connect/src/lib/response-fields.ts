import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { type HttpResponse, setAnswerField } from '@windhover/core';
import { framingNames } from './framing-names.ts';

/** The headers that were set with `setHeader`. */
export interface HeaderList {
  getRawHeaderNames(): string[];
  getHeader(name: string): OutgoingHttpHeader | undefined;
}

/** The headers argument of `writeHead`. */
export type HeaderSource = readonly unknown[] | Readonly<Record<string, OutgoingHttpHeader>> | null | undefined;

/** Copies the application's head into our response: headers, announced length, and whether the connection closes. */
export function takeFields(message: HeaderList, given: HeaderSource, response: HttpResponse): void {
  response.declaredLength = null;
  const nominated: string[] = [];
  for (const [name, value] of listFields(message, given)) {
    if (!framingNames.test(name))
      setAnswerField(response.headers, name, Array.isArray(value) ? value.map(String) : String(value));
    else if (/^content-length$/i.test(name)) response.declaredLength = Number(value);
    else if (/^connection$/i.test(name)) nominated.push(...String(value).toLowerCase().split(','));
  }
  for (const token of nominated) {
    const name = token.trim();
    if (name === 'close') response.closeConnection = true;
    else if (name !== '' && name !== 'upgrade' && !framingNames.test(name)) response.headers.delete(name);
  }
}

/**
 * Passes the head that the rest of the pipeline decided through `writeHead` of a middleware that called `next`. Changes that interceptors
 * make there take effect.
 */
export function showHead(message: ServerResponse, response: HttpResponse): void {
  if (message.headersSent) return; // it wrote a head of its own, which no longer counts
  const { declaredLength, headers } = response;
  message.statusCode = response.status;
  for (const name of message.getHeaderNames()) message.removeHeader(name);
  for (const [name] of headers) {
    const values = headers.getAll(name);
    message.setHeader(name, values.length === 1 ? values[0]! : values);
  }
  message.writeHead(message.statusCode);
  headers.clear();
  takeFields(message as unknown as HeaderList, null, response);
  response.status = message.statusCode;
  response.declaredLength = declaredLength;
}

/** Lists the fields of the head. `writeHead` merges its argument into the headers set with `setHeader`, unless there are none. */
function listFields(message: HeaderList, given: HeaderSource): Iterable<readonly [string, unknown]> {
  const names = message.getRawHeaderNames();
  if (names.length > 0) return names.map((name) => [name, message.getHeader(name)] as const);
  if (given === null || given === undefined) return [];
  if (!Array.isArray(given)) return Object.entries(given);
  const fields = new Map<string, [string, unknown[]]>();
  const add = (name: string, value: unknown): void => {
    const lower = name.toLowerCase();
    const values = Array.isArray(value) ? value : [value];
    const known = fields.get(lower);
    if (known === undefined) fields.set(lower, [name, [...values]]);
    else known[1].push(...values);
  };
  if (Array.isArray(given[0])) for (const [name, value] of given as [string, unknown][]) add(name, value);
  else for (let index = 0; index < given.length; index += 2) add(String(given[index]), given[index + 1]);
  return fields.values();
}

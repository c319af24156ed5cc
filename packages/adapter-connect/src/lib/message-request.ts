import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type HttpHeaders, HttpRequest, RequestBody } from '@windhover/core';
import { MessageBody } from './message-body.ts';

/** A request of Node's as ours. Throws an `HttpError` (400) when its target or host is refused. */
export function messageRequest(message: IncomingMessage, maxBytes: number | null): HttpRequest {
  const body = hasBody(message) ? requestBody(message, maxBytes) : null;
  return new HttpRequest({
    method: message.method!,
    target: message.url!,
    httpVersion: message.httpVersion === '1.0' ? '1.0' : '1.1',
    scheme: (message.socket as TLSSocket).encrypted === true ? 'https' : 'http',
    headers: toFields(message.rawHeaders),
    host: message.headers.host,
    body,
    upgrade: null,
  });
}

/** Shows the rest of the application what middleware has made of the request: its URL, its headers, a body that was read. */
export function updateMessage(message: IncomingMessage, request: HttpRequest): void {
  if (message.url !== request.url) message.url = request.url;
  if (hasOtherHeaders(message.rawHeaders, request.headers.fields)) replaceHeaders(message, request.headers);
  if (hasBody(message)) giveBack(message, request.body);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

const sources = new WeakMap<RequestBody, MessageBody>();

function requestBody(message: IncomingMessage, maxBytes: number | null): RequestBody {
  const source = new MessageBody(message);
  const body = new RequestBody(source);
  body.maxBytes = maxBytes;
  sources.set(body, source);
  return body;
}

/** What `bytes()`, `text()` and `json()` have read is there again; what was read as a stream is gone. */
function giveBack(message: IncomingMessage, body: RequestBody): void {
  const source = sources.get(body);
  if (source?.isFinished !== true || message.readableEnded) return;
  sources.delete(body);
  const { heldBytes } = source;
  if (body.state !== 'done' || !body.rewind()) {
    if (heldBytes > 0) message.read(heldBytes);
    return;
  }
  const chunks: Uint8Array[] = [];
  body.start({
    write: (chunk) => {
      chunks.push(chunk);
      return true;
    },
    end: () => undefined,
    fail: () => undefined,
  });
  const whole = Buffer.concat(chunks);
  if (whole.byteLength > heldBytes) message.unshift(whole.subarray(0, whole.byteLength - heldBytes));
}

/** Node's own rules for repeated fields, which it keeps in the two methods. */
type HeaderRules = Record<
  '_addHeaderLine' | '_addHeaderLineDistinct',
  (name: string, value: string, into: object) => void
>;

function replaceHeaders(message: IncomingMessage, headers: HttpHeaders): void {
  const lines: string[] = [];
  message.headers = {};
  message.headersDistinct = {};
  const rules = message as IncomingMessage & HeaderRules;
  for (const [name, value] of headers) {
    lines.push(name, value);
    rules._addHeaderLine(name, value, message.headers);
    rules._addHeaderLineDistinct(name, value, message.headersDistinct);
  }
  message.rawHeaders = lines;
}

function hasOtherHeaders(lines: readonly string[], fields: readonly string[]): boolean {
  if (fields.length !== lines.length * 1.5) return true;
  for (let line = 0, index = 0; line < lines.length; line += 2, index += 3) {
    if (lines[line + 1] !== fields[index + 1] || lines[line] !== fields[index + 2]) return true;
  }
  return false;
}

function toFields(lines: readonly string[]): string[] {
  const fields: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index]!;
    fields.push(lowerName(name), lines[index + 1]!, name);
  }
  return fields;
}

const lowerNames = new Map<string, string>();

/** Clients spell few names, and each has to be made lower case only once. */
function lowerName(name: string): string {
  const known = lowerNames.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (lowerNames.size === 256) lowerNames.clear();
  if (name.length <= 64) lowerNames.set(name, lower);
  return lower;
}

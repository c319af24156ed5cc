import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { HttpHeaders, HttpRequest, RequestBody } from '@windhover/core';
import { MessageBody } from './message-body.ts';
import type { RequestInternals } from './node-internals.ts';

/** A request of Node's as ours. */
export class MessageRequest extends HttpRequest {
  private readonly message: IncomingMessage;
  /** Where its body comes from; `null` when it has none, or it was given back. */
  private source: MessageBody | null;
  /** Made when somebody asks: most middlewares do not. */
  private copied: HttpHeaders | null = null;

  /** Throws an `HttpError` (400) when its target or host is refused. */
  constructor(message: IncomingMessage, maxBodyBytes: number | null) {
    const { headers } = message;
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    const source = hasBody ? new MessageBody(message) : null;
    super({
      method: message.method!,
      target: message.url!,
      httpVersion: message.httpVersion === '1.0' ? '1.0' : '1.1',
      scheme: (message.socket as TLSSocket).encrypted === true ? 'https' : 'http',
      headers: [],
      host: sameText(headers.host),
      body: source === null ? null : limitedBody(source, maxBodyBytes),
      upgrade: null,
    });
    this.message = message;
    this.source = source;
  }

  override get headers(): HttpHeaders {
    this.copied ??= HttpHeaders.fromFields(toFields(this.message.rawHeaders));
    return this.copied;
  }

  /** Shows the rest of the application what middleware has made of the request: its URL, its headers, a body that was read. */
  updateMessage(): void {
    const { message, copied, source, url } = this;
    if (message.url !== url) message.url = url;
    if (copied !== null && hasOtherHeaders(message.rawHeaders, copied.fields)) replaceHeaders(message, copied);
    if (source?.isFinished !== true || message.readableEnded) return;
    this.source = null;
    giveBack(message, this.body, source.heldBytes);
  }
}

let lastText: string | undefined;

/** The very string of the last request, if that said the same: V8 has hashed it already. */
function sameText(text: string | undefined): string | undefined {
  if (text !== lastText) lastText = text;
  return lastText;
}

function limitedBody(source: MessageBody, maxBytes: number | null): RequestBody {
  const body = new RequestBody(source);
  body.maxBytes = maxBytes;
  return body;
}

/** What `bytes()`, `text()` and `json()` have read is there again; what was read as a stream is gone. */
function giveBack(message: IncomingMessage, body: RequestBody, heldBytes: number): void {
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

function replaceHeaders(message: IncomingMessage, headers: HttpHeaders): void {
  const lines: string[] = [];
  message.headers = {};
  message.headersDistinct = {};
  const rules = message as IncomingMessage & RequestInternals;
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

import { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { HttpHeaders, HttpRequest, RequestBody } from '@windhover/core';
import { MessageBody } from './message-body.ts';
import type { RequestInternals } from './node-internals.ts';

/** Node's request as a Windhover request. */
export class MessageRequest extends HttpRequest {
  private readonly message: IncomingMessage;
  /** The source of the body; `null` when there is no body or it was given back. */
  private source: MessageBody | null;
  /** Created on demand: most middlewares read no headers. */
  private copied: HttpHeaders | null = null;

  /** Throws an `HttpError` (400) when the target or host is invalid. */
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

  /** Copies the middleware's changes to Node's request for the rest of the application: the URL, the headers, and a body that was read. */
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

/** Returns the string object of the last request if the text is equal: V8 has hashed that one already. */
function sameText(text: string | undefined): string | undefined {
  if (text !== lastText) lastText = text;
  return lastText;
}

function limitedBody(source: MessageBody, maxBytes: number | null): RequestBody {
  const body = new RequestBody(source);
  body.maxBytes = maxBytes;
  return body;
}

/** Puts a body that `bytes()`, `text()` or `json()` read back into the message. A body that was read as a stream is gone. */
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

/** Node's own. The requests of `inject()` in Fastify are no `IncomingMessage`. */
const rules = IncomingMessage.prototype as IncomingMessage & RequestInternals;

function replaceHeaders(message: IncomingMessage, headers: HttpHeaders): void {
  const lines: string[] = [];
  message.headers = {};
  message.headersDistinct = {};
  for (const [name, value] of headers) {
    lines.push(name, value);
    rules._addHeaderLine.call(message, name, value, message.headers);
    rules._addHeaderLineDistinct.call(message, name, value, message.headersDistinct);
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

/** Clients use few spellings, so each name is lower-cased only once. */
function lowerName(name: string): string {
  const known = lowerNames.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (lowerNames.size === 256) lowerNames.clear();
  if (name.length <= 64) lowerNames.set(name, lower);
  return lower;
}

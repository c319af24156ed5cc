import { isTokenByte, SP } from './byte-class.ts';
import { fail } from './errors.ts';
import type { StartLineReader } from './head-reader.ts';
import { readVersion } from './http-version.ts';
import type { Memory } from './memory-of.ts';
import type { HttpVersion, TargetForm } from './message-head.ts';
import { NameTable, USUAL } from './name-table.ts';
import { readTargetForm } from './request-target.ts';

/** Longer than any registered method (`UPDATEREDIRECTREF` has 17 letters), and short enough for logs and metrics. */
const MAX_METHOD_LENGTH = 32;
const VERSION_LENGTH = 8;

const methods = new NameTable(
  'GET POST HEAD PUT DELETE OPTIONS PATCH CONNECT TRACE PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH QUERY PURGE'.split(
    ' ',
  ),
);

/** Parses `method SP target SP version` (RFC 9112 §3), with exactly one space between the parts. */
export class RequestLine implements StartLineReader {
  readonly tooLong = 'HTTP1_REQUEST_LINE_TOO_LONG';
  readonly maxEmptyLines: number;
  version: HttpVersion = '1.1';
  targetForm: TargetForm = 'origin';
  #knownMethod = -1;
  #methodEnd = 0;
  #targetEnd = 0;

  constructor(maxEmptyLines: number) {
    this.maxEmptyLines = maxEmptyLines;
  }

  readLine(memory: Memory, origin: number, start: number, end: number): void {
    const { bytes } = memory;
    const lineStart = origin + start;
    const lineEnd = origin + end;
    let methodEnd = lineStart;
    while (isTokenByte[bytes[methodEnd]!] === 1) methodEnd++;
    if (bytes[methodEnd] !== SP || methodEnd === lineStart) fail('HTTP1_BAD_METHOD');
    if (methodEnd - lineStart > MAX_METHOD_LENGTH) fail('HTTP1_BAD_METHOD');

    const targetEnd = lineEnd - VERSION_LENGTH - 1;
    if (targetEnd <= methodEnd + 1 || bytes[targetEnd] !== SP) this.#failLine(bytes, methodEnd + 1, lineEnd);
    this.version = readVersion(memory, targetEnd + 1);
    const knownMethod = methods.find(memory, lineStart, methodEnd);
    this.#knownMethod = knownMethod >= 0 && (knownMethod & 3) === USUAL ? knownMethod >> 2 : -1;
    this.targetForm = readTargetForm(bytes, methodEnd + 1, targetEnd, methods.usual[this.#knownMethod]);
    this.#methodEnd = methodEnd - origin;
    this.#targetEnd = targetEnd - origin;
  }

  method(text: string): string {
    return this.#knownMethod >= 0 ? methods.usual[this.#knownMethod]! : text.slice(0, this.#methodEnd);
  }

  target(text: string): string {
    return text.slice(this.#methodEnd + 1, this.#targetEnd);
  }

  #failLine(bytes: Uint8Array, targetStart: number, end: number): never {
    // `GET /` of HTTP/0.9 has no second space; any other line that has one has an invalid version.
    const hasVersion = bytes.subarray(targetStart, end).includes(SP);
    fail(hasVersion ? 'HTTP1_BAD_VERSION' : 'HTTP1_BAD_REQUEST_LINE');
  }
}

import { isDigitByte, SP } from './byte-class.ts';
import { fail } from './errors.ts';
import type { StartLineReader } from './head-reader.ts';
import { readVersion } from './http-version.ts';
import type { Memory } from './memory-of.ts';
import type { HttpVersion } from './message-head.ts';

const ZERO = 0x30;
const STATUS_START = 9;
const STATUS_END = 12;

/**
 * Parses `version SP status SP [reason]` (RFC 9112 §4). The second space may be missing together with the reason, as
 * many servers write it, because such a line is unambiguous.
 */
export class StatusLine implements StartLineReader {
  readonly tooLong = 'HTTP1_STATUS_LINE_TOO_LONG';
  readonly maxEmptyLines = 0;
  version: HttpVersion = '1.1';
  status = 0;
  #end = 0;

  readLine(memory: Memory, origin: number, start: number, end: number): void {
    const { bytes } = memory;
    const line = origin + start;
    if (end - start < STATUS_END) fail('HTTP1_BAD_STATUS_LINE');
    this.version = readVersion(memory, line);
    if (bytes[line + STATUS_START - 1] !== SP) fail('HTTP1_BAD_STATUS_LINE');
    let status = 0;
    for (let i = STATUS_START; i < STATUS_END; i++) {
      const byte = bytes[line + i]!;
      if (isDigitByte[byte] !== 1) fail('HTTP1_BAD_STATUS_LINE');
      status = status * 10 + byte - ZERO;
    }
    const hasReason = end - start > STATUS_END;
    if (status < 100 || (hasReason && bytes[line + STATUS_END] !== SP)) fail('HTTP1_BAD_STATUS_LINE');
    this.status = status;
    this.#end = end;
  }

  statusText(text: string): string {
    return text.slice(STATUS_END + 1, this.#end);
  }
}

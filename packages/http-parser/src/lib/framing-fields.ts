import { connectionOptions, HAS_CLOSE, HAS_KEEP_ALIVE, HAS_UPGRADE } from './connection-options.ts';
import { parseContentLength } from './content-length.ts';
import { fail } from './errors.ts';
import type { FieldSection } from './field-section.ts';
import { CONNECTION, CONTENT_LENGTH, EXPECT, FIRST_OTHER, HOST, TRANSFER_ENCODING, UPGRADE } from './header-names.ts';
import type { HttpVersion, MessageHead } from './message-head.ts';
import { checkTransferEncoding } from './transfer-encoding.ts';
import { upgradeProtocols } from './upgrade-protocols.ts';

/** Collects and judges the fields of a head that frame the message or manage the connection. */
export class FramingFields {
  /** The index of the first Host field, or -1. */
  hostIndex = -1;
  /** All expectations, or null. */
  expect: string | null = null;
  #contentLength: number | null = null;
  #transferEncoding: string | null = null;
  #connection = 0;
  #upgrade: string | null = null;

  /** Collects these fields from a complete section. */
  collect(section: FieldSection, fields: readonly string[]): void {
    this.hostIndex = -1;
    this.expect = null;
    this.#contentLength = null;
    this.#transferEncoding = null;
    this.#connection = 0;
    this.#upgrade = null;
    for (let index = 0; index < section.count; index++) {
      const name = section.knownName(index);
      if (name >= 0 && name < FIRST_OTHER) this.#take(name, fields[index * 3 + 1]!, index);
    }
  }

  /** Sets the framing and connection properties of a head; throws for ambiguous fields. */
  apply(head: { -readonly [Key in keyof MessageHead]: MessageHead[Key] }, version: HttpVersion): void {
    head.httpVersion = version;
    head.contentLength = this.#contentLength;
    head.chunked = this.#transferEncoding !== null;
    const connection = this.#connection;
    const isOld = version === '1.0';
    head.keepAlive = (connection & HAS_CLOSE) === 0 && (!isOld || (connection & HAS_KEEP_ALIVE) !== 0);
    // RFC 9110 §7.8: Upgrade counts only if Connection names it, and never in HTTP/1.0.
    const isUpgrade = (connection & HAS_UPGRADE) !== 0 && !isOld;
    head.upgrade = isUpgrade && this.#upgrade !== null ? upgradeProtocols(this.#upgrade) : null;

    if (this.#transferEncoding === null) return;
    // RFC 9112 §6.1: sending both fields is an attempt at smuggling; an HTTP/1.0 message with transfer codings has
    // wrong framing.
    if (isOld) fail('HTTP1_TRANSFER_ENCODING_BEFORE_1_1');
    if (this.#contentLength !== null) fail('HTTP1_LENGTH_AND_CHUNKED');
    checkTransferEncoding(this.#transferEncoding);
  }

  #take(name: number, value: string, index: number): void {
    switch (name) {
      case HOST:
        if (this.hostIndex >= 0) fail('HTTP1_REPEATED_HOST');
        this.hostIndex = index;
        return;
      case CONTENT_LENGTH:
        if (this.#contentLength !== null) fail('HTTP1_REPEATED_CONTENT_LENGTH');
        this.#contentLength = parseContentLength(value);
        return;
      case TRANSFER_ENCODING:
        this.#transferEncoding = joinLists(this.#transferEncoding, value);
        return;
      case CONNECTION:
        this.#connection |= connectionOptions(value);
        return;
      case UPGRADE:
        this.#upgrade = joinLists(this.#upgrade, value);
        return;
      case EXPECT:
        this.expect = joinLists(this.expect, value);
        return;
    }
  }
}

/** RFC 9110 §5.3: the values of a repeated field form one list. */
function joinLists(list: string | null, value: string): string {
  return list === null ? value : `${list}, ${value}`;
}

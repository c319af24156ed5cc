import type { Http2ErrorCode } from './errors.ts';
import {
  AUTHORITY,
  CONTENT_LENGTH,
  COOKIE,
  HOST,
  LAST_PSEUDO,
  METHOD,
  PATH,
  PRIORITY,
  PROTOCOL,
  REGULAR,
  SCHEME,
  STATUS,
  violationOfKind,
} from './field-kind.ts';
import { sizeOfField } from './table-entry.ts';

/** Collects the fields of one header block. One object serves all connections, because a block is read in one go. */
export class HeadFields {
  method = '';
  scheme = '';
  authority = '';
  path = '';
  protocol: string | null = null;
  status = 0;
  host: string | null = null;
  priority: string | null = null;
  /** -1: none. */
  contentLength = -1;
  isTooLarge = false;
  /** The first violation, or null. */
  violation: Http2ErrorCode | null = null;
  /** A bit `1 << kind` for each pseudo-field that was there. */
  seen = 0;
  #list: string[] = new Array(96).fill('');
  #length = 0;
  #cookieAt = -1;
  #bytes = 0;
  #maxBytes = 0;
  #maxLength = 0;
  #mayHavePseudo = false;

  begin(maxBytes: number, maxCount: number, isTrailer: boolean): void {
    this.method = '';
    this.scheme = '';
    this.authority = '';
    this.path = '';
    this.protocol = null;
    this.status = 0;
    this.host = null;
    this.priority = null;
    this.contentLength = -1;
    this.isTooLarge = false;
    this.violation = null;
    this.seen = 0;
    this.#length = 0;
    this.#cookieAt = -1;
    this.#bytes = 0;
    this.#maxBytes = maxBytes;
    this.#maxLength = maxCount * 3;
    this.#mayHavePseudo = !isTrailer;
  }

  /** Takes one field. Beyond the limits nothing is kept, but pseudo-fields are, so that the request can be answered. */
  add(name: string, value: string, kind: number): void {
    this.#bytes += sizeOfField(name, value);
    if (this.#bytes > this.#maxBytes) this.isTooLarge = true;
    if (kind === REGULAR) {
      this.#mayHavePseudo = false;
      this.#push(name, value);
    } else if (kind <= LAST_PSEUDO) this.#addPseudo(value, kind);
    else this.#addSpecial(name, value, kind);
  }

  /** A copy of the flat triples; empty if they are too large. */
  toTriples(): string[] {
    return this.#length === 0 || this.isTooLarge ? [] : this.#list.slice(0, this.#length);
  }

  fail(violation: Http2ErrorCode): void {
    this.violation ??= violation;
  }

  #push(name: string, value: string): void {
    const at = this.#length;
    if (at >= this.#maxLength) this.isTooLarge = true;
    if (this.isTooLarge) return;
    const list = this.#list;
    list[at] = name;
    list[at + 1] = value;
    list[at + 2] = name;
    this.#length = at + 3;
  }

  #addPseudo(value: string, kind: number): void {
    const bit = 1 << kind;
    if (!this.#mayHavePseudo || (this.seen & bit) !== 0) this.fail('HTTP2_BAD_PSEUDO_FIELD');
    this.seen |= bit;
    switch (kind) {
      case METHOD:
        this.method = value;
        return;
      case SCHEME:
        this.scheme = value;
        return;
      case AUTHORITY:
        this.authority = value;
        return;
      case PATH:
        this.path = value;
        return;
      case PROTOCOL:
        this.protocol = value;
        return;
      case STATUS:
        this.status = Number(value);
        return;
    }
  }

  #addSpecial(name: string, value: string, kind: number): void {
    this.#mayHavePseudo = false;
    switch (kind) {
      case HOST:
        if (this.host !== null) this.fail('HTTP2_REPEATED_HOST');
        this.host = value;
        break;
      case CONTENT_LENGTH:
        // As in HTTP/1.1, where two of them are an attempt at smuggling.
        if (this.contentLength >= 0) this.fail('HTTP2_BAD_CONTENT_LENGTH');
        this.contentLength = Number(value);
        break;
      case COOKIE:
        if (this.#cookieAt >= 0) {
          // RFC 9113 §8.2.3: the parts of a cookie are joined before anybody sees them.
          if (!this.isTooLarge) this.#list[this.#cookieAt] += `; ${value}`;
          return;
        }
        this.#cookieAt = this.#length + 1;
        break;
      case PRIORITY:
        // Beyond the limits an entry of the table, repeated by one byte each, would become a huge string.
        if (!this.isTooLarge) this.priority = this.priority === null ? value : `${this.priority}, ${value}`;
        break;
      default:
        if (kind > PRIORITY) this.fail(violationOfKind(kind));
    }
    this.#push(name, value);
  }
}

export const headFields: HeadFields = new HeadFields();

import { decodeBase64 } from './base64.ts';
import { percentDecodeBytes } from './percent-bytes.ts';
import type {
  StructuredBareItem,
  StructuredInnerList,
  StructuredItem,
  StructuredMember,
  StructuredParameters,
} from './structured-types.ts';
import { decodeUtf8 } from './utf8.ts';

const numberAt = /-?([0-9]{1,16})(?:\.([0-9]{0,4}))?/y;
const stringAt = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const tokenAt = /[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*/y;
const keyAt = /[a-z*][a-z0-9_.*-]*/y;
const binaryAt = /:([A-Za-z0-9+/]*={0,2}):/y;
const booleanAt = /\?([01])/y;
const displayStringAt = /%"((?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*)"/y;
const spacesAt = / */y;
const whitespaceAt = /[ \t]*/y;

/** Scans a Structured Field. Every method returns null if the text does not continue in that way. */
export class StructuredScanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#text.length;
  }

  skipSpaces(): void {
    this.#match(spacesAt);
  }

  /** Calls `readMember` for each comma-separated member; false if one fails or the field ends with a comma. */
  members(readMember: () => boolean): boolean {
    while (!this.isAtEnd) {
      if (!readMember()) return false;
      this.#match(whitespaceAt);
      if (this.isAtEnd) return true;
      if (!this.#take(',')) return false;
      this.#match(whitespaceAt);
      if (this.isAtEnd) return false;
    }
    return true;
  }

  key(): string | null {
    return this.#match(keyAt)?.[0] ?? null;
  }

  /** Reads the part after a key: `=` and a member, or only parameters, with the value true. */
  dictionaryMember(): StructuredMember | null {
    if (this.#take('=')) return this.itemOrInnerList();
    const parameters = this.#parameters();
    return parameters && { type: 'boolean', value: true, parameters };
  }

  itemOrInnerList(): StructuredMember | null {
    return this.#take('(') ? this.#innerListBody() : this.item();
  }

  item(): StructuredItem | null {
    const bareItem = this.#bareItem();
    const parameters = bareItem && this.#parameters();
    return parameters && { ...bareItem, parameters };
  }

  #innerListBody(): StructuredInnerList | null {
    const items: StructuredItem[] = [];
    for (;;) {
      this.skipSpaces();
      if (this.#take(')')) break;
      const item = this.item();
      if (item === null || !(this.#isNext(' ') || this.#isNext(')'))) return null;
      items.push(item);
    }
    const parameters = this.#parameters();
    return parameters && { type: 'inner-list', value: items, parameters };
  }

  #parameters(): StructuredParameters | null {
    const parameters = new Map<string, StructuredBareItem>();
    while (this.#take(';')) {
      this.skipSpaces();
      const key = this.key();
      if (key === null) return null;
      const value: StructuredBareItem | null = this.#take('=') ? this.#bareItem() : { type: 'boolean', value: true };
      if (value === null) return null;
      parameters.set(key, value);
    }
    return parameters;
  }

  #bareItem(): StructuredBareItem | null {
    switch (this.#text[this.#position]) {
      case '"':
        return this.#string();
      case ':':
        return this.#binary();
      case '?':
        return this.#boolean();
      case '@':
        return this.#date();
      case '%':
        return this.#displayString();
      default:
        return this.#token() ?? this.#number();
    }
  }

  /** RFC 9651 §4.2.4: at most 15 digits, or 12 and a point and 1 to 3 more. */
  #number(): Extract<StructuredBareItem, { type: 'integer' | 'decimal' }> | null {
    const match = this.#match(numberAt);
    if (match === null) return null;
    const [text, digits = '', fraction] = match;
    const value = Number(text) || 0; // -0 is 0
    if (fraction === undefined) return digits.length <= 15 ? { type: 'integer', value } : null;
    return digits.length <= 12 && fraction !== '' && fraction.length <= 3 ? { type: 'decimal', value } : null;
  }

  #string(): StructuredBareItem | null {
    const match = this.#match(stringAt);
    return match && { type: 'string', value: (match[1] ?? '').replace(/\\(.)/g, '$1') };
  }

  #token(): StructuredBareItem | null {
    const match = this.#match(tokenAt);
    return match && { type: 'token', value: match[0] };
  }

  #binary(): StructuredBareItem | null {
    const match = this.#match(binaryAt);
    const value = match && decodeBase64(match[1] ?? '');
    return value && { type: 'binary', value };
  }

  #boolean(): StructuredBareItem | null {
    const match = this.#match(booleanAt);
    return match && { type: 'boolean', value: match[1] === '1' };
  }

  #date(): StructuredBareItem | null {
    this.#take('@');
    const number = this.#number();
    return number?.type === 'integer' ? { type: 'date', value: number.value } : null;
  }

  #displayString(): StructuredBareItem | null {
    const match = this.#match(displayStringAt);
    if (match === null) return null;
    const value = decodeUtf8(percentDecodeBytes(match[1] ?? ''));
    return value === null ? null : { type: 'display-string', value };
  }

  #isNext(character: string): boolean {
    return this.#text[this.#position] === character;
  }

  #take(character: string): boolean {
    if (!this.#isNext(character)) return false;
    this.#position++;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#position = pattern.lastIndex;
    return match;
  }
}

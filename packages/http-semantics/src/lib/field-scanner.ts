const backslash = 0x5c;
const quote = 0x22;

/** Reads the pieces that most field values consist of, once, from left to right. */
export class FieldScanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#text.length;
  }

  /** Skips the character if it is next, and returns whether it was. */
  take(character: string): boolean {
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  skipWhitespace(): void {
    while (this.take(' ') || this.take('\t'));
  }

  /** The token that starts here, or '' if there is none. */
  token(): string {
    const pattern = /[!#$%&'*+.^_`|~0-9A-Za-z-]*/y;
    pattern.lastIndex = this.#position;
    const token = pattern.exec(this.#text)?.[0] ?? '';
    this.#position += token.length;
    return token;
  }

  /** The unescaped quoted string that starts here (RFC 9110 §5.6.4), or null. */
  quotedString(): string | null {
    if (!this.take('"')) return null;
    let value = '';
    while (!this.isAtEnd) {
      let code = this.#text.charCodeAt(this.#position++);
      if (code === quote) return value;
      if (code === backslash) code = this.#text.charCodeAt(this.#position++);
      if (!isQuotable(code)) return null;
      value += String.fromCharCode(code);
    }
    return null;
  }

  /** A token or a quoted string; null if neither starts here. */
  tokenOrQuotedString(): string | null {
    if (this.#text[this.#position] === '"') return this.quotedString();
    return this.token() || null;
  }
}

/** HTAB, SP, visible ASCII and obs-text; false for NaN, which `charCodeAt` gives past the end. */
function isQuotable(code: number): boolean {
  return code === 0x09 || (code >= 0x20 && code !== 0x7f);
}

import type { TextChanger } from './mapped-body.ts';

/** Gives a value its new text, or `null` to leave it. The value is as it stands in the page, without quotes. */
export type ChangeAttribute = (tag: string, attribute: string, value: string) => string | null;

/** A longer tag is passed on as it is, so that a page cannot make the server keep it. */
const maxTagLength = 16 * 1024;

/** Elements whose content is no markup (HTML §13.1.2). */
const rawElements = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes']);

/** Between tags; in a comment or a script; in a tag; in a tag that is too long to be changed. */
type State = 'text' | 'raw' | 'tag' | 'long';

/**
 * Changes values of attributes in an HTML page while it streams by. Comments and the content of scripts and styles stay as
 * they are. Every character is looked at once, however the page is cut.
 */
export class AttributeReplacer implements TextChanger {
  readonly #change: ChangeAttribute;
  #state: State = 'text';
  /** What is not passed on yet: in `tag` the tag so far, otherwise what may begin something. */
  #kept = '';
  /** How much of a tag has been looked at. */
  #seen = 0;
  /** The quote that is open in a tag. */
  #quote = '';
  /** What ends the part that is passed on unread: `-->`, `</script`. */
  #until = '';

  constructor(change: ChangeAttribute) {
    this.#change = change;
  }

  push(text: string): string {
    return this.#read(this.#kept + text, false);
  }

  end(): string {
    return this.#read(this.#kept, true);
  }

  #read(all: string, isLast: boolean): string {
    this.#kept = '';
    let result = '';
    let at = 0;
    while (at < all.length) {
      const step = this.#step(all, at, isLast);
      if (step === null) {
        this.#kept = all.slice(at);
        break;
      }
      result += step.text;
      at = step.at;
    }
    return result;
  }

  /** What is passed on next, and where it goes on. `null`: more is needed. */
  #step(all: string, at: number, isLast: boolean): Step | null {
    switch (this.#state) {
      case 'text':
        return this.#stepInText(all, at, isLast);
      case 'raw':
        return this.#stepInRaw(all, at, isLast);
      case 'tag':
        return this.#stepInTag(all, at, isLast);
      case 'long': {
        const end = this.#endOfTag(all, at, at);
        if (end >= 0) this.#state = 'text';
        return pass(all, at, end < 0 ? all.length : end);
      }
    }
  }

  #stepInText(all: string, at: number, isLast: boolean): Step | null {
    const next = all.indexOf('<', at);
    if (next !== at) return pass(all, at, next < 0 ? all.length : next);
    if (all.length - at < 6 && !isLast && /^<(?:$|!$|!-$|!--(?:-)?$)/.test(all.slice(at))) return null;
    if (all.startsWith('<!--', at)) {
      const [empty] = /^<!--(?:-?>)?/.exec(all.slice(at, at + 6))!;
      if (empty === '<!--') [this.#state, this.#until] = ['raw', '-->'];
      return pass(all, at, at + empty.length);
    }
    if (!/[a-zA-Z/!?]/.test(all[at + 1] ?? '')) return pass(all, at, at + 1);
    [this.#state, this.#seen, this.#quote] = ['tag', 1, ''];
    return pass(all, at, at);
  }

  #stepInRaw(all: string, at: number, isLast: boolean): Step | null {
    const end = this.#until === '-->' ? all.indexOf('-->', at) : indexOfIgnoringCase(all, this.#until, at);
    if (end >= 0) {
      this.#state = 'text';
      return pass(all, at, end);
    }
    // The end may begin in this piece.
    const certain = isLast ? all.length : all.length - this.#until.length + 1;
    return certain > at ? pass(all, at, certain) : null;
  }

  #stepInTag(all: string, at: number, isLast: boolean): Step | null {
    const end = this.#endOfTag(all, at, at + this.#seen);
    if (end >= 0) {
      this.#state = 'text';
      return { text: this.#tag(all.slice(at, end)), at: end };
    }
    this.#seen = all.length - at;
    if (isLast) return pass(all, at, all.length);
    if (this.#seen <= maxTagLength) return null;
    this.#state = 'long';
    return pass(all, at, all.length);
  }

  /** The place behind a tag; `-1` if its end is not there yet. */
  #endOfTag(all: string, tag: number, from: number): number {
    for (let at = from; at < all.length; at++) {
      const character = all[at]!;
      if (this.#quote !== '') {
        if (character === this.#quote) this.#quote = '';
      } else if (character === '>') return at + 1;
      else if ((character === '"' || character === "'") && isAfterEquals(all, tag, at)) this.#quote = character;
    }
    return -1;
  }

  #tag(text: string): string {
    const [, name] = /^<([a-zA-Z][^\s/>]*)/.exec(text) ?? [];
    if (name === undefined) return text;
    const tag = name.toLowerCase();
    if (rawElements.has(tag) && !text.endsWith('/>')) [this.#state, this.#until] = ['raw', `</${tag}`];
    return changeAttributes(text, tag, 1 + name.length, this.#change);
  }
}

interface Step {
  readonly text: string;
  readonly at: number;
}

function pass(all: string, from: number, to: number): Step {
  return { text: all.slice(from, to), at: to };
}

/** A quote opens a value only behind an equals sign (HTML §13.1.2.3). */
function isAfterEquals(all: string, from: number, at: number): boolean {
  let before = at - 1;
  while (before > from && /\s/.test(all[before]!)) before -= 1;
  return before >= from && all[before] === '=';
}

function changeAttributes(text: string, tag: string, from: number, change: ChangeAttribute): string {
  let result = '';
  let done = 0;
  for (let at = text.indexOf('=', from); at >= 0; at = text.indexOf('=', at + 1)) {
    const name = nameBefore(text, at, from);
    let start = at + 1;
    while (/\s/.test(text[start] ?? '')) start += 1;
    const quote = text[start] === '"' || text[start] === "'" ? text[start]! : '';
    if (quote !== '') start += 1;
    const end = valueEnd(text, start, quote);
    const value = name === '' ? null : change(tag, name, text.slice(start, end));
    if (value !== null) {
      result += text.slice(done, start) + (quote === '' ? `"${escapeValue(value, '"')}"` : escapeValue(value, quote));
      done = end;
    }
    at = end;
  }
  return result + text.slice(done);
}

function nameBefore(text: string, equals: number, from: number): string {
  let end = equals;
  while (end > from && /\s/.test(text[end - 1]!)) end -= 1;
  let start = end;
  while (start > from && !/[\s"'/]/.test(text[start - 1]!)) start -= 1;
  return text.slice(start, end).toLowerCase();
}

function valueEnd(text: string, start: number, quote: string): number {
  if (quote !== '') {
    const end = text.indexOf(quote, start);
    return end < 0 ? text.length - 1 : end;
  }
  let end = start;
  while (end < text.length && !/[\s>]/.test(text[end]!)) end += 1;
  return end;
}

function escapeValue(value: string, quote: string): string {
  return value.replaceAll(quote, quote === '"' ? '&quot;' : '&#39;').replaceAll('<', '&lt;');
}

function indexOfIgnoringCase(all: string, text: string, from: number): number {
  for (let at = all.indexOf('</', from); at >= 0; at = all.indexOf('</', at + 1)) {
    if (all.slice(at, at + text.length).toLowerCase() === text) return at;
  }
  return -1;
}

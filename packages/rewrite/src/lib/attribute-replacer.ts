import type { TextChanger } from './mapped-body.ts';

/** Gives a value its new text, or `null` to leave it. The value is as it stands in the page, without quotes. */
export type ChangeAttribute = (tag: string, attribute: string, value: string) => string | null;

/** A longer tag is passed on as it is, so that a page cannot make the server keep it. */
const maxTagLength = 16 * 1024;

/** Elements whose content is no markup (HTML §13.1.2). */
const rawElements = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes']);

/**
 * Changes values of attributes in an HTML page while it streams by. Comments and the content of scripts and styles stay as
 * they are.
 */
export class AttributeReplacer implements TextChanger {
  readonly #change: ChangeAttribute;
  #rest = '';
  /** What ends the part that is passed on unread: `-->`, `</script`; `''` outside of one. */
  #until = '';

  constructor(change: ChangeAttribute) {
    this.#change = change;
  }

  push(text: string): string {
    return this.#read(this.#rest + text, false);
  }

  end(): string {
    return this.#read(this.#rest, true);
  }

  #read(all: string, isLast: boolean): string {
    let result = '';
    let at = 0;
    while (at < all.length) {
      const next = this.#until === '' ? all.indexOf('<', at) : this.#endOfRaw(all, at);
      if (next < 0) {
        const kept = this.#until === '' || isLast ? 0 : Math.min(this.#until.length - 1, all.length - at);
        return this.#keep(all, all.length - kept, result + all.slice(at, all.length - kept));
      }
      result += all.slice(at, next);
      at = next;
      if (this.#until !== '') {
        this.#until = '';
        continue;
      }
      const end = tagEnd(all, at);
      if (end < 0 && !isLast && all.length - at <= maxTagLength) return this.#keep(all, at, result);
      const stop = end < 0 ? (isLast ? all.length : at + 1) : end;
      result += end < 0 ? all.slice(at, stop) : this.#tag(all.slice(at, stop));
      at = stop;
    }
    return this.#keep(all, at, result);
  }

  #keep(all: string, from: number, result: string): string {
    this.#rest = all.slice(from);
    return result;
  }

  /** Where the markup goes on; the end of a comment is left to be read as text. */
  #endOfRaw(all: string, from: number): number {
    const found = this.#until === '-->' ? all.indexOf('-->', from) : indexOfIgnoringCase(all, this.#until, from);
    return found;
  }

  #tag(text: string): string {
    if (text.startsWith('<!--')) {
      this.#until = '-->';
      return text;
    }
    const [, name] = /^<([a-zA-Z][^\s/>]*)/.exec(text) ?? [];
    if (name === undefined) return text;
    const tag = name.toLowerCase();
    if (rawElements.has(tag) && !text.endsWith('/>')) this.#until = `</${tag}`;
    return changeAttributes(text, tag, 1 + name.length, this.#change);
  }
}

/** The place behind a tag that begins at `from`; `-1` if it is not complete. A `<` that begins no tag is a tag of its own. */
function tagEnd(all: string, from: number): number {
  if (all.length - from < 4 && !/^<(?:[^!/a-zA-Z]|[a-zA-Z][^>]*>)/.test(all.slice(from))) return -1;
  if (all.startsWith('<!--', from)) return from + 4;
  if (!/[a-zA-Z/!?]/.test(all[from + 1] ?? '')) return from + 1;
  let quote = '';
  for (let at = from + 1; at < all.length; at++) {
    const character = all[at]!;
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '>') return at + 1;
    else if ((character === '"' || character === "'") && isAfterEquals(all, at)) quote = character;
  }
  return -1;
}

/** A quote opens a value only behind an equals sign (HTML §13.1.2.3). */
function isAfterEquals(all: string, at: number): boolean {
  let before = at - 1;
  while (/\s/.test(all[before] ?? '')) before -= 1;
  return all[before] === '=';
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

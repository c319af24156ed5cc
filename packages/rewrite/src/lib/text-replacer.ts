import type { TextChanger } from './mapped-body.ts';

/** A text to find, and what stands in its place. */
export interface Replacement {
  /** Not empty. */
  readonly find: string;
  readonly to: string;
}

/**
 * Replaces texts wherever they stand, also across the pieces of a body. Of several that begin at one place, the one that
 * is named first wins. What was put in is not looked at again.
 */
export class TextReplacer implements TextChanger {
  readonly #pattern: RegExp;
  readonly #replacements: ReadonlyMap<string, string>;
  readonly #longest: number;
  #rest = '';

  constructor(replacements: readonly Replacement[]) {
    this.#replacements = new Map([...replacements].reverse().map(({ find, to }) => [find, to]));
    this.#longest = Math.max(...replacements.map(({ find }) => find.length));
    this.#pattern = new RegExp(
      replacements.map(({ find }) => find.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
      'g',
    );
  }

  push(text: string): string {
    const all = this.#rest + text;
    return this.#replace(all, all.length - this.#longest + 1);
  }

  end(): string {
    return this.#replace(this.#rest, this.#rest.length);
  }

  /** Replaces what begins before `end`: whatever begins after it may not be complete. */
  #replace(all: string, end: number): string {
    let result = '';
    let done = 0;
    this.#pattern.lastIndex = 0;
    for (let match = this.#pattern.exec(all); match !== null && match.index < end; match = this.#pattern.exec(all)) {
      result += all.slice(done, match.index) + this.#replacements.get(match[0])!;
      done = match.index + match[0].length;
    }
    const certain = Math.max(done, end);
    this.#rest = all.slice(certain);
    return result + all.slice(done, certain);
  }
}

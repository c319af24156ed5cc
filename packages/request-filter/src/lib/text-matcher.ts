/**
 * Finds many words in a text in one pass (Aho-Corasick). ASCII letters match in both cases. The time depends on the
 * length of the text only, whatever the words and the text are.
 */
export class TextMatcher {
  private readonly classes = new Uint16Array(128);
  private readonly others = new Map<number, number>();
  private readonly width: number;
  private readonly next: Uint16Array | Uint32Array;
  /** For each state the words that end there, longest first; `null` for none. */
  private readonly ends: (readonly number[] | null)[];

  /** @param foldsLines whether a line break in a text matches a space */
  constructor(words: readonly string[], foldsLines = false) {
    let classCount = 1; // class 0: no word has the character
    const folded = words.map((word) => foldCase(word));
    for (const word of folded) {
      for (let index = 0; index < word.length; index++)
        if (this.classOf(word.charCodeAt(index)) === 0) this.assign(word.charCodeAt(index), classCount++);
    }
    if (foldsLines) this.classes[0x0a] = this.classes[0x20]!;
    this.width = classCount;
    const size = 1 + folded.reduce((sum, { length }) => sum + length, 0);
    this.next = size < 0x1_0000 ? new Uint16Array(size * classCount) : new Uint32Array(size * classCount);
    this.ends = new Array(size).fill(null);
    this.link(this.build(folded));
  }

  /** The index of the first word that ends in the text; -1: it has none of them. */
  first(text: string): number {
    let state = 0;
    for (let index = 0; index < text.length; index++) {
      state = this.next[state * this.width + this.classOf(text.charCodeAt(index))]!;
      const ends = this.ends[state]!;
      if (ends !== null) return ends[0]!;
    }
    return -1;
  }

  /** Calls `found` for every occurrence of every word, with the place behind it, until `found` returns true. */
  each(text: string, found: (word: number, end: number) => boolean): boolean {
    const { next, width, classes, ends } = this;
    let state = 0;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      state = next[state * width + (code < 128 ? classes[code]! : this.classOf(code))]!;
      const words = ends[state]!;
      if (words === null) continue;
      for (const word of words) if (found(word, index + 1)) return true;
    }
    return false;
  }

  private classOf(code: number): number {
    return code < 128 ? this.classes[code]! : (this.others.get(code) ?? 0);
  }

  private assign(code: number, to: number): void {
    if (code >= 128) this.others.set(code, to);
    else this.classes[code] = to;
    if (code >= 0x61 && code <= 0x7a) this.classes[code - 0x20] = to;
  }

  /** Makes the trie. Returns how many states it has. */
  private build(words: readonly string[]): number {
    let states = 1;
    for (const [number, word] of words.entries()) {
      let state = 0;
      for (let index = 0; index < word.length; index++) {
        const at = state * this.width + this.classOf(word.charCodeAt(index));
        if (this.next[at] === 0) this.next[at] = states++;
        state = this.next[at]!;
      }
      this.ends[state] = [...(this.ends[state] ?? []), number];
    }
    return states;
  }

  /** Gives every state its place for every character, breadth first, so that a text never steps back. */
  private link(states: number): void {
    const { next, width, ends } = this;
    const fail = new Uint32Array(states);
    const queue: number[] = [];
    for (let each = 1; each < width; each++) if (next[each] !== 0) queue.push(next[each]!);
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head]!;
      const behind = fail[state]!;
      if (ends[behind] !== null) ends[state] = [...(ends[state] ?? []), ...ends[behind]!];
      for (let each = 0; each < width; each++) {
        const child = next[state * width + each]!;
        const other = next[behind * width + each]!;
        if (child === 0) next[state * width + each] = other;
        else {
          fail[child] = other;
          queue.push(child);
        }
      }
    }
  }
}

function foldCase(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

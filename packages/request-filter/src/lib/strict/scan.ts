/** Whether a character is a letter, a digit or `_`. */
export function isWord(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a;
}

export function isQuote(code: number): boolean {
  return code === 0x27 || code === 0x22;
}

/** The place of the first character from `at` on that is no space. */
export function skipSpaces(text: string, at: number): number {
  let index = at;
  while (isSpace(text.charCodeAt(index))) index += 1;
  return index;
}

/** The place of the last character before `at` that is no space; -1: there is none. */
export function lastBefore(text: string, at: number): number {
  let index = at - 1;
  while (index >= 0 && isSpace(text.charCodeAt(index))) index -= 1;
  return index;
}

/** Whether no word goes on before `start` and behind `end`. */
export function isWholeWord(text: string, start: number, end: number): boolean {
  return !isWord(text.charCodeAt(start - 1)) && !isWord(text.charCodeAt(end));
}

/** How often a character stands before `at`, 500 characters back at most. */
export function countBefore(text: string, character: string, at: number): number {
  let count = 0;
  for (let index = Math.max(0, at - 500); index < at; index++) if (text[index] === character) count += 1;
  return count;
}

/** Whether a quote is open at `at`: an odd number of its kind stands before. */
export function hasOpenQuote(text: string, at: number): boolean {
  return countBefore(text, "'", at) % 2 === 1 || countBefore(text, '"', at) % 2 === 1;
}

/** Whether one of some words stands within `distance` characters from `at` on. */
export function hasNear(text: string, at: number, distance: number, words: readonly string[]): boolean {
  const part = text.slice(at, at + distance);
  return words.some((word) => part.includes(word));
}

/** Facts about the text that was asked about last. Many signals of one text ask for the same, and each search costs as much as the text is long. */
const facts = { text: '', firstGap: 0, matches: new Map<string, boolean>(), places: new Map<string, number>() };

function factsOf(text: string): typeof facts {
  if (text === facts.text) return facts;
  const gap = text.search(/\S[ \n]/);
  facts.text = text;
  facts.firstGap = gap < 0 ? Number.POSITIVE_INFINITY : gap + 1;
  facts.matches.clear();
  facts.places.clear();
  return facts;
}

/** Whether a text is one value without spaces, as programs send it, and no sentence. */
export function isOneValue(text: string): boolean {
  return factsOf(text).firstGap === Number.POSITIVE_INFINITY;
}

/** The same for what stands before `at`. */
export function isOneValueBefore(text: string, at: number): boolean {
  const { firstGap } = factsOf(text);
  return firstGap >= at || skipSpaces(text, firstGap) >= at;
}

/** Whether a pattern occurs in a text: once for all signals that ask. */
export function matches(text: string, pattern: RegExp): boolean {
  const { matches: known } = factsOf(text);
  let isFound = known.get(pattern.source);
  if (isFound === undefined) {
    isFound = pattern.test(text);
    known.set(pattern.source, isFound);
  }
  return isFound;
}

/** Whether a word stands before `at`: it is searched for once for all signals that ask. */
export function hasBefore(text: string, word: string, at: number): boolean {
  const { places } = factsOf(text);
  let place = places.get(word);
  if (place === undefined) {
    place = text.indexOf(word);
    places.set(word, place);
  }
  return place >= 0 && place + word.length <= at;
}

/** Whether one of some characters stands right before `at`. */
export function isBehind(text: string, at: number, characters: string): boolean {
  return at > 0 && characters.includes(text[at - 1]!);
}

/** Whether a part of a text is short, and has nothing but letters, digits, `-`, single dots and single `_`: no signal is in it. */
export function isPlain(text: string, start: number, end: number, maxLength: number): boolean {
  if (end - start > maxLength) return false;
  let before = 0;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    const isMark = code === 0x2e || code === 0x5f;
    const lower = code | 0x20;
    if (!(isMark ? before !== code : isDigit(code) || code === 0x2d || (lower >= 0x61 && lower <= 0x7a))) return false;
    before = code;
  }
  return true;
}

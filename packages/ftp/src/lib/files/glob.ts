/** A path whose last name is a pattern. */
export interface Glob {
  /** What stands before the last name, with its `/`: empty for a pattern in the current folder. */
  readonly folder: string;
  readonly pattern: string;
}

/** Splits an argument of `LIST` or `NLST`; `null`: its last name is no pattern. */
export function parseGlob(argument: string): Glob | null {
  const end = argument.lastIndexOf('/') + 1;
  const pattern = argument.slice(end);
  return /[*?[]/.test(pattern) ? { folder: argument.slice(0, end), pattern } : null;
}

/** Longer patterns fit nothing. One for the longest name of a disk, with each letter as a set, has 765. */
const maxLength = 1024;

/**
 * Prepares a pattern; returns whether a name fits it. `*` stands for any characters, `?` for one, `[a-z]` and `[!a-z]` for one of a set. As in a shell,
 * names that begin with a point fit only patterns that do. A name takes at most length × length steps, whatever the pattern.
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  if (pattern.length > maxLength) return () => false;
  const parts = readParts(pattern);
  const least = parts.filter((part) => part !== '*').length;
  const hasPoint = pattern.startsWith('.');
  return function fitsGlob(name) {
    if (name.startsWith('.') && !hasPoint) return false;
    const letters = [...name];
    return letters.length >= least && fitsParts(letters, parts);
  };
}

function fitsParts(letters: readonly string[], parts: readonly Part[]): boolean {
  let [at, part] = [0, 0];
  // Where to go on if it does not fit: the last `*` takes one letter more.
  let [star, next] = [-1, 0];
  while (at < letters.length) {
    const wanted = parts[part];
    if (wanted === '*') {
      star = part++;
      next = at;
    } else if (wanted?.(letters[at]!) === true) {
      at += 1;
      part += 1;
    } else if (star >= 0) {
      part = star + 1;
      at = ++next;
    } else return false;
  }
  while (parts[part] === '*') part += 1;
  return part === parts.length;
}

type Part = '*' | ((letter: string) => boolean);

function readParts(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  const letters = [...pattern];
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at]!;
    const end = letter === '[' ? letters.indexOf(']', at + 2) : -1;
    if (letter === '*') parts.push('*');
    else if (letter === '?') parts.push(() => true);
    else if (end < 0) parts.push((other) => other === letter);
    else {
      parts.push(setOf(letters.slice(at + 1, end)));
      at = end;
    }
  }
  return parts;
}

/** `a-z` and single letters; `!` before them stands for all others. */
function setOf(letters: readonly string[]): (letter: string) => boolean {
  const isNot = letters[0] === '!' && letters.length > 1;
  const listed = isNot ? letters.slice(1) : letters;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < listed.length; at += 1) {
    const isRange = listed[at + 1] === '-' && at + 2 < listed.length;
    ranges.push([listed[at]!, listed[isRange ? at + 2 : at]!]);
    if (isRange) at += 2;
  }
  return (letter) => ranges.some(([first, last]) => letter >= first && letter <= last) !== isNot;
}

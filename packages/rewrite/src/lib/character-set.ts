import type { AST } from '@eslint-community/regexpp';

/** Which of the first 256 characters something may match; the last place stands for all others. */
export type CharacterSet = Uint8Array;

const others = 256;

/** A set of nothing. */
export function emptySet(): CharacterSet {
  return new Uint8Array(others + 1);
}

/** The characters that one element of a pattern matches. `null`: this analysis does not know them. */
export function setOf(node: AST.Node, ignoreCase: boolean): CharacterSet | null {
  const set = emptySet();
  if (!addNode(set, node)) return null;
  return ignoreCase ? withBothCases(set) : set;
}

/** Whether two sets share a character. */
export function overlaps(one: CharacterSet, other: CharacterSet): boolean {
  return one.some((has, index) => has === 1 && other[index] === 1);
}

/** Adds the characters of `other` to `set`. */
export function addSet(set: CharacterSet, other: CharacterSet): void {
  for (const [index, has] of other.entries()) if (has === 1) set[index] = 1;
}

function addNode(set: CharacterSet, node: AST.Node): boolean {
  switch (node.type) {
    case 'Character':
      set[Math.min(node.value, others)] = 1;
      return true;
    case 'CharacterClassRange':
      for (let code = node.min.value; code <= Math.min(node.max.value, others); code++) set[code] = 1;
      if (node.max.value >= others) set[others] = 1;
      return true;
    case 'CharacterSet':
      return addKind(set, node);
    case 'CharacterClass': {
      const inner = emptySet();
      for (const element of node.elements) if (!addNode(inner, element)) return false;
      // A class that is negated matches all that it does not name; of characters above 255 some are matched either way.
      if (node.negate) for (let code = 0; code < others; code++) inner[code] = inner[code] === 1 ? 0 : 1;
      if (node.negate) inner[others] = 1;
      addSet(set, inner);
      return true;
    }
    default:
      return false;
  }
}

function addKind(set: CharacterSet, node: AST.CharacterSet): boolean {
  if (node.kind === 'property') return false;
  const matches = {
    any: /[^\n\r]/,
    digit: /\d/,
    space: /\s/,
    word: /\w/,
  }[node.kind];
  const negate = 'negate' in node && node.negate;
  for (let code = 0; code < others; code++) if (matches.test(String.fromCharCode(code)) !== negate) set[code] = 1;
  if (negate || node.kind !== 'digit') set[others] = 1;
  return true;
}

function withBothCases(set: CharacterSet): CharacterSet {
  for (let code = 0; code < others; code++) {
    if (set[code] === 0) continue;
    const text = String.fromCharCode(code);
    for (const other of [text.toLowerCase(), text.toUpperCase()]) set[Math.min(other.charCodeAt(0), others)] = 1;
  }
  return set;
}

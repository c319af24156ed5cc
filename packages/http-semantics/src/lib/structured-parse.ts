import { StructuredScanner } from './structured-scanner.ts';
import type { StructuredItem, StructuredMember } from './structured-types.ts';

/** Parses an Item (RFC 9651 §4.2.3); null if it is malformed. Join several field lines with `, ` first. */
export function parseItem(value: string): StructuredItem | null {
  return parseWhole(value, (scanner) => scanner.item());
}

/** Parses a List (RFC 9651 §4.2.1), which may be empty; null if it is malformed. */
export function parseList(value: string): StructuredMember[] | null {
  return parseWhole(value, (scanner) => {
    const members: StructuredMember[] = [];
    const isWhole = scanner.members(() => {
      const member = scanner.itemOrInnerList();
      if (member !== null) members.push(member);
      return member !== null;
    });
    return isWhole ? members : null;
  });
}

/**
 * Parses a Dictionary (RFC 9651 §4.2.2), which may be empty; the last of repeated keys counts. Null if it is malformed.
 */
export function parseDictionary(value: string): Map<string, StructuredMember> | null {
  return parseWhole(value, (scanner) => {
    const members = new Map<string, StructuredMember>();
    const isWhole = scanner.members(() => {
      const key = scanner.key();
      const member = key === null ? null : scanner.dictionaryMember();
      if (key !== null && member !== null) members.set(key, member);
      return member !== null;
    });
    return isWhole ? members : null;
  });
}

/** RFC 9651 §4.2: the value may be surrounded by spaces, but not tabs. */
function parseWhole<T>(value: string, parse: (scanner: StructuredScanner) => T | null): T | null {
  const scanner = new StructuredScanner(value);
  scanner.skipSpaces();
  const result = parse(scanner);
  scanner.skipSpaces();
  return scanner.isAtEnd ? result : null;
}

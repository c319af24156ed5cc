import { SemanticsError } from './errors.ts';

/** An entity tag (RFC 9110 §8.8.3). */
export interface EntityTag {
  /** The characters between the quotes; a backslash is an ordinary character, not an escape. */
  readonly value: string;
  readonly isWeak: boolean;
}

const tagPattern = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const opaquePattern = /^[\x21\x23-\x7e\x80-\xff]*$/;

/** Parses an ETag value, `"x"` or `W/"x"`; null for anything else. */
export function parseETag(text: string): EntityTag | null {
  const match = tagPattern.exec(text);
  return match && { value: match[2] ?? '', isWeak: match[1] !== undefined };
}

/**
 * Parses If-Match or If-None-Match (RFC 9110 §13.1.1): `*`, or a list of tags, which may contain commas inside quotes.
 * Returns null if any part is malformed, so that an unreadable condition never matches.
 */
export function parseETagList(value: string): '*' | EntityTag[] | null {
  const separator = /[ \t,]*/y;
  const element = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?=,|$)/y;
  const tags: EntityTag[] = [];
  let position = skip(separator, value, 0);
  if (value[position] === '*') return skip(separator, value, position + 1) === value.length ? '*' : null;
  while (position < value.length) {
    element.lastIndex = position;
    const match = element.exec(value);
    if (match === null) return null;
    tags.push({ value: match[2] ?? '', isWeak: match[1] !== undefined });
    position = skip(separator, value, element.lastIndex);
  }
  return tags;
}

/**
 * Formats an entity tag. Throws `SEMANTICS_INVALID_ETAG` for white space, quotes, control characters and characters
 * above U+00FF.
 */
export function formatETag(value: string, options: { readonly weak?: boolean } = {}): string {
  if (!opaquePattern.test(value)) throw new SemanticsError('SEMANTICS_INVALID_ETAG', JSON.stringify(value));
  return options.weak === true ? `W/"${value}"` : `"${value}"`;
}

/** Whether both are equal and neither is weak (RFC 9110 §8.8.3.2): for If-Match, If-Range and partial content. */
export function strongCompare(left: EntityTag, right: EntityTag): boolean {
  return !left.isWeak && !right.isWeak && left.value === right.value;
}

/** Whether both are equal, weak or not (RFC 9110 §8.8.3.2): for If-None-Match. */
export function weakCompare(left: EntityTag, right: EntityTag): boolean {
  return left.value === right.value;
}

function skip(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  pattern.exec(text);
  return pattern.lastIndex;
}

import { canonicalPath } from '@windhover/core';
import { routerError } from './errors.ts';

/** A parameter of a pattern. */
export interface PatternParam {
  readonly name: string;
  /** The index of its path segment, from 0. */
  readonly position: number;
}

/** A parsed pattern. */
export interface Pattern {
  /** The pattern as written: the template for metrics and logs. */
  readonly template: string;
  readonly segments: readonly PatternSegment[];
  readonly params: readonly PatternParam[];
  /** The parameter of a final `*name`; the name is `''` for a bare `*`. `null` if there is none. */
  readonly rest: PatternParam | null;
}

export type PatternSegment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'param' }
  | { readonly kind: 'rest' };

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Parses a pattern: text segments, `:name` for one segment that is not empty, and `*name` or `*` at the end for the
 * rest of the path, at least a slash. Text is converted to the form of `request.path`, so `/café` and `/caf%C3%A9` are
 * the same. Throws `ROUTER_PATTERN_INVALID`. There are no regular expressions, so no request can make matching slow.
 */
export function parsePattern(template: string): Pattern {
  if (typeof template !== 'string' || !template.startsWith('/')) throw refuse(template, 'it does not begin with /');
  const params: PatternParam[] = [];
  let rest: PatternParam | null = null;
  const parts = template.slice(1).split('/');
  const segments = parts.map((part, position): PatternSegment => {
    if (part.startsWith(':')) {
      params.push({ name: checkName(template, part), position });
      return { kind: 'param' };
    }
    if (part.startsWith('*')) {
      if (position < parts.length - 1) throw refuse(template, `${part} takes what is left, so nothing may follow it`);
      rest = { name: part === '*' ? '' : checkName(template, part), position };
      return { kind: 'rest' };
    }
    if (part === '' && position < parts.length - 1) throw refuse(template, 'a segment is empty');
    return { kind: 'text', text: readText(template, part) };
  });
  const names = [...params, ...(rest === null ? [] : [rest])].map(({ name }: PatternParam) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refuse(template, `the name ${twice} stands for two things`);
  return { template, segments, params, rest };
}

function checkName(template: string, part: string): string {
  const name = part.slice(1);
  if (namePattern.test(name)) return name;
  const hint = 'a name has letters, digits and _, is a whole segment, and takes no expression';
  throw refuse(template, `${JSON.stringify(part)}: ${hint}`);
}

function readText(template: string, part: string): string {
  const special = /[:*(){}?#]/.exec(part)?.[0];
  if (special !== undefined) {
    const escaped = `%${special.charCodeAt(0).toString(16).toUpperCase()}`;
    throw refuse(
      template,
      `${special} inside of ${JSON.stringify(part)} has no meaning here; as a character it is ${escaped}`,
    );
  }
  let text: string;
  try {
    // Patterns may contain unescaped characters that a path may not, so that authors need not know the escapes.
    text = canonicalPath(`/${part.replace(/[^\x21-\x7e]+/g, encodeURIComponent)}`).slice(1);
  } catch (cause) {
    throw refuse(template, `${JSON.stringify(part)} cannot be part of a path`, cause);
  }
  if (part !== '' && (text === '' || /^\.\.?$/.test(part))) throw refuse(template, 'no path has a dot segment');
  return text;
}

function refuse(template: unknown, why: string, cause?: unknown): Error {
  return routerError(
    'ROUTER_PATTERN_INVALID',
    `${JSON.stringify(template)}: ${why}`,
    cause === undefined ? {} : { cause },
  );
}

import { canonicalPath } from '@windhover/core';
import { optionError } from './errors.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** A path with holes, such as `/p/:id` or `/old/*`. */
export interface PathPattern {
  readonly pattern: Pattern;
  /** The group of each `*`, in order. */
  readonly stars: readonly number[];
  /** The group of each `:name`. */
  readonly names: ReadonlyMap<string, number>;
}

const hole = /:([A-Za-z_]\w*)|\*/g;

/**
 * Compiles a path: `:name` is one segment or a part of one, `*` at the end is all the rest, and any other `*` is a part of
 * one segment. It is matched against the normalised path, so it is normalised too. Throws `REWRITE_OPTION_INVALID`.
 */
export function compilePath(path: string, ignoreCase: boolean, label = 'from'): PathPattern {
  if (!path.startsWith('/'))
    throw optionError(`${label}: expected a path that begins with /, found ${JSON.stringify(path)}`);
  if (path.includes('?'))
    throw optionError(
      `${label}: ${JSON.stringify(path)}: a path has no query; expected a condition such as { value: "{query.id}", is: "5" }`,
    );
  const stars: number[] = [];
  const names = new Map<string, number>();
  let source = '^';
  let end = 0;
  let group = 0;
  for (const { 0: text, 1: name, index } of path.matchAll(hole)) {
    source += escapeText(normalised(label, path, path.slice(end, index)));
    end = index + text.length;
    group += 1;
    if (name === undefined) stars.push(group);
    else if (names.has(name))
      throw optionError(`${label}: ${JSON.stringify(path)}: the name ${name} stands there twice`);
    else names.set(name, group);
    source += name === undefined && end === path.length ? '(.*)' : name === undefined ? '([^/]*)' : '([^/]+)';
  }
  source += `${escapeText(normalised(label, path, path.slice(end)))}$`;
  return { pattern: compilePattern(source, { ignoreCase, label }), stars, names };
}

/** The text before the first hole: every path that matches begins with it. */
export function literalPrefix(path: string): string {
  return path.slice(0, path.search(/:[A-Za-z_]|\*|$/));
}

function normalised(label: string, path: string, part: string): string {
  try {
    const isStart = part.startsWith('/');
    return canonicalPath(isStart ? part : `/${part}`).slice(isStart ? 0 : 1);
  } catch (error) {
    throw optionError(`${label}: ${JSON.stringify(path)}: ${(error as Error).message}`);
  }
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

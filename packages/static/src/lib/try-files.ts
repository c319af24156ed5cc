import type { FileLocation } from './locate-file.ts';

/** A place to look at, made from the path of a request. */
export interface Candidate {
  readonly names: readonly string[];
  /** Whether only a folder may stand there. */
  readonly hasSlash: boolean;
  /** Whether it is the same for every request. */
  readonly isFixed: boolean;
}

/**
 * The places at which a request is looked for, in order. `{path}` in a pattern stands for the path of the request. A
 * path with a slash at its end names a folder, so `{path}.html` does not apply to it.
 */
export function candidates({ names, hasSlash }: FileLocation, patterns: readonly string[]): Candidate[] {
  const path = names.join('/');
  const found: Candidate[] = [];
  for (const pattern of patterns) {
    if (pattern === '{path}') found.push({ names, hasSlash, isFixed: false });
    else if (!pattern.includes('{path}')) found.push(toCandidate(pattern, true));
    else if ((!hasSlash && path !== '') || /\{path\}(?:\/|$)/.test(pattern))
      found.push(
        toCandidate(
          pattern.replace('{path}', () => path),
          false,
        ),
      );
  }
  return found;
}

/** The names of a place that is written as a path. */
export function toNames(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

function toCandidate(path: string, isFixed: boolean): Candidate {
  return { names: toNames(path), hasSlash: path.endsWith('/'), isFixed };
}

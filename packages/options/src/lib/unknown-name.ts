import { listNames } from './list-names.ts';
import { nearestName } from './nearest-name.ts';

/**
 * Describes the first unknown name, with the name that was probably meant; `null` if all names are known. Otherwise a
 * misspelt option would silently leave the default in force.
 */
export function unknownName(options: object, known: readonly string[]): string | null {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return null;
  const meant = nearestName(unknown, known);
  const found = unknown.length > 60 ? `${unknown.slice(0, 60)}…` : unknown;
  return `expected ${listNames(known)}, found \`${found}\`${meant === undefined ? '' : `. Did you mean \`${meant}\`?`}`;
}

import { listNames } from './list-names.ts';
import { nearestName } from './nearest-name.ts';

/**
 * What to say of the first name that means nothing, with the one that was probably meant; `null` when all are known. A misspelt option
 * would leave the default in force, unnoticed.
 */
export function unknownName(options: object, known: readonly string[]): string | null {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return null;
  const meant = nearestName(unknown, known);
  const found = unknown.length > 60 ? `${unknown.slice(0, 60)}…` : unknown;
  return `expected ${listNames(known)}, found \`${found}\`${meant === undefined ? '' : `. Did you mean \`${meant}\`?`}`;
}

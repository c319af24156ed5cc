import { serverError } from './errors.ts';

/** Throws `SERVER_OPTION_INVALID` for a name that means nothing: a misspelt option would leave the default in force, unnoticed. */
export function checkNames(call: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw serverError('SERVER_OPTION_INVALID', `${call} has no ${unknown}, but ${known.join(', ')}`);
}

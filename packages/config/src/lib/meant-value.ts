import { nearestName } from '@windhover/options';

const negations: ReadonlySet<string> = new Set(['off', 'no', 'none', 'never', 'disable', 'disabled']);
const affirmations: ReadonlySet<string> = new Set(['on', 'yes', 'always', 'enable', 'enabled']);

/**
 * Returns which of the allowed values was probably meant: one of nearly the same letters, the only one that the word is a part of (`http`
 * for `http-01`), or that it shortens (`h2` for `http2`), or `true` and `false` in
 * the words of other formats, such as `off` for `none`.
 */
export function meantValue(written: string, values: readonly unknown[]): string | undefined {
  const names = values.map(String);
  const word = written.toLowerCase();
  return (
    nearestName(written, names) ?? only(names, (name) => shortens(word, name.toLowerCase())) ?? truth(word, values)
  );
}

/** Whether a word means that something is switched off. */
export function isNegation(written: string): boolean {
  return negations.has(written.toLowerCase());
}

function truth(word: string, values: readonly unknown[]): string | undefined {
  if (values.includes(false) && negations.has(word)) return 'false';
  const nothing = negations.has(word) || word === 'false' ? only(values.map(String), isNegation) : undefined;
  if (nothing !== undefined) return nothing;
  return values.includes(true) && affirmations.has(word) ? 'true' : undefined;
}

function only(names: readonly string[], isMeant: (name: string) => boolean): string | undefined {
  const [first, ...others] = names.filter(isMeant);
  return others.length === 0 ? first : undefined;
}

function shortens(word: string, name: string): boolean {
  if (word.length < 2) return false;
  if (word.length > 2 && name.includes(word)) return true;
  if (word[0] !== name[0] || word.at(-1) !== name.at(-1)) return false;
  let at = 0;
  for (const letter of name) if (letter === word[at]) at += 1;
  return at === word.length;
}

/** Keys of other servers, and our equivalents, the likeliest first. Case, `_` and `-` make no difference. */
export type MeantKeys = Readonly<Record<string, string | readonly string[]>>;

/** Returns which of the allowed names somebody means that writes another spelling of it, or the word of another server. */
export function meantKey(key: string, names: readonly string[], meant: MeantKeys): string | undefined {
  const wanted = plain(key);
  const sameWord = names.find((name) => plain(name) === wanted);
  if (sameWord !== undefined) return sameWord;
  for (const [word, ours] of Object.entries(meant))
    if (plain(word) === wanted) return [ours].flat().find((each) => names.includes(each));
  return undefined;
}

function plain(key: string): string {
  return key.replace(/[_-]/g, '').toLowerCase();
}

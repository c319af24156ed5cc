/**
 * Finds keys that lead to each other for ever; `null` if every way ends. `next` says where a key leads: to another key, or
 * away (`undefined`).
 */
export function circleOf(
  keys: Iterable<string>,
  next: (key: string) => string | undefined,
): readonly [string, ...string[]] | null {
  const ends = new Set<string>();
  for (const start of keys) {
    let key = next(start);
    if (key === undefined) continue; // most lead away at once
    const way = new Set([start]);
    for (; key !== undefined && !ends.has(key); key = next(key)) {
      if (way.has(key)) {
        const all = [...way];
        return [key, ...all.slice(all.indexOf(key) + 1), key];
      }
      way.add(key);
    }
    for (const each of way) ends.add(each);
  }
  return null;
}

import { ownString } from '@windhover/core';

/** The same values stand in many answers: types, directives, names. */
const shared = new Map<string, string>();
const maxShared = 2048;
const maxSharedLength = 64;

/**
 * Returns a copy of a text of a head that keeps nothing else in memory, in one piece. Short texts that were seen before are the same object, until too many
 * different ones have come.
 */
export function keptString(text: string): string {
  if (text.length > maxSharedLength) return flat(text);
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size === maxShared) shared.clear();
  const own = flat(text);
  shared.set(own, own);
  return own;
}

/** The text of a key, which is different for each answer. */
export function flat(text: string): string {
  const own = Buffer.from(text, 'latin1').toString('latin1');
  return own === text ? own : ownString(text);
}

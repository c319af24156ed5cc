/** Below 0, 0 or above 0, as the words of `one` from `at` on are smaller than those of `other`, equal, or larger. */
export function compareWords(one: Uint32Array, at: number, other: Uint32Array, from: number, width: number): number {
  for (let word = 0; word < width; word++) {
    const difference = one[at + word]! - other[from + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Makes an address the next one; false at the end of the address space. */
export function incrementWords(words: Uint32Array): boolean {
  for (let word = words.length - 1; word >= 0; word--) {
    if (words[word] === 0xffff_ffff) words[word] = 0;
    else {
      words[word]! += 1;
      return true;
    }
  }
  return false;
}

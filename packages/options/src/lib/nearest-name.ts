/**
 * Returns the name that was probably meant, or `undefined` if none is near. Case, `-` and `_` are ignored, so
 * `keep-alive-timeout-ms` finds `keepAliveTimeoutMs`; otherwise one edit is allowed for every three letters.
 */
export function nearestName(written: string, names: Iterable<string>): string | undefined {
  const wanted = plainName(written);
  let nearest: string | undefined;
  let fewest = Math.floor(wanted.length / 3) || 1;
  for (const name of names) {
    const candidate = plainName(name);
    const edits = editDistance(wanted, candidate);
    const isWhollyDifferent = edits >= candidate.length;
    if (isWhollyDifferent || edits > fewest || (edits === fewest && nearest !== undefined)) continue;
    fewest = edits;
    nearest = name;
  }
  return nearest;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '').slice(0, 100);
}

/** The number of insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      let edits = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (isSame ? 0 : 1));
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwap) edits = Math.min(edits, beforeLast[column - 2]! + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}

/**
 * What to say of the first name that means nothing, with the one that was probably meant; `null` when all are known. A misspelt option
 * would leave the default in force, unnoticed.
 */
export function unknownName(options: object, known: readonly string[]): string | null {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return null;
  const meant = nearestName(unknown, known);
  return `there is no ${unknown}, but ${known.join(', ')}${meant === undefined ? '' : `. Did you mean ${meant}?`}`;
}

/** One slip for every three letters is believed to be one. */
function nearestName(written: string, known: readonly string[]): string | undefined {
  const wanted = written.toLowerCase().slice(0, 100);
  const near = known.map((name) => ({ name, slips: countSlips(wanted, name.toLowerCase()) }));
  near.sort((one, other) => one.slips - other.slips);
  return near[0] !== undefined && near[0].slips <= Math.max(1, wanted.length / 3) ? near[0].name : undefined;
}

/** Letters to insert, drop, change or swap with their neighbour to turn one text into the other. */
function countSlips(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? beforeLast[column - 2]! + 1 : Number.POSITIVE_INFINITY;
      const changed = last[column - 1]! + (isSame ? 0 : 1);
      current.push(Math.min(last[column]! + 1, current[column - 1]! + 1, changed, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}

/** A worker may hold this much more than the mean, because chance alone causes larger differences. */
const tolerance = 1.1;

/** And this many connections more: with only a handful it does not matter where they are. */
const fewConnections = 2;

/**
 * How many connections of each worker are too many, given the counts they reported; workers that report none (`null`)
 * are left out. For a worker that clearly holds more, it is the excess over the mean: if all of these connections moved
 * elsewhere, the worker would have its share, not less.
 */
export function surplusOf(counts: readonly (number | null)[]): readonly number[] {
  const known = counts.filter((count) => count !== null);
  const mean = known.reduce((sum, count) => sum + count, 0) / known.length;
  const most = mean * tolerance + fewConnections;
  return counts.map((count) => (count !== null && count > most ? Math.floor(count - mean) : 0));
}

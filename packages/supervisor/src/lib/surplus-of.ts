/** A worker may hold so much more than the mean: less than chance gives it. */
const tolerance = 1.1;

/** And so many connections more: of a handful it does not matter where they are. */
const fewConnections = 2;

/**
 * How many connections of each worker are too many, of the counts they have told; `null` for one that has told none, which is left out. What is
 * beyond the mean of a worker that clearly holds more: were it all to go elsewhere, it would have its share, and not less.
 */
export function surplusOf(counts: readonly (number | null)[]): readonly number[] {
  const known = counts.filter((count) => count !== null);
  const mean = known.reduce((sum, count) => sum + count, 0) / known.length;
  const most = mean * tolerance + fewConnections;
  return counts.map((count) => (count !== null && count > most ? Math.floor(count - mean) : 0));
}

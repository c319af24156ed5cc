/** More turns than this are not planned; weights are then rounded. */
const maxTurns = 8192;

/**
 * Plans in which order upstreams of these weights take their turns, spread as evenly as nginx does it: each turn
 * belongs to the one with the highest balance, which then pays the sum of all weights. `5, 1, 1` gives `a a b a c a a`,
 * not `a a a a a b c`.
 *
 * @returns the index for each turn of one round
 */
export function smoothSequence(weights: readonly number[]): Uint16Array {
  const shares = wholeShares(weights);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const turns = new Uint16Array(total);
  if (total === weights.length) return turns.map((_turn, index) => index); // all equal
  const balance = new Float64Array(shares.length);
  for (let turn = 0; turn < total; turn++) {
    let best = 0;
    for (let index = 0; index < shares.length; index++) {
      balance[index]! += shares[index]!;
      if (balance[index]! > balance[best]!) best = index;
    }
    balance[best]! -= total;
    turns[turn] = best;
  }
  return turns;
}

/** Returns the smallest whole numbers in the same proportion; each is at least 1. */
function wholeShares(weights: readonly number[]): number[] {
  const tenths = weights.map((weight) => Math.max(1, Math.round(weight * 10)));
  const divisor = tenths.reduce(greatestDivisor);
  const shares = tenths.map((share) => share / divisor);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const limit = Math.max(maxTurns - weights.length, 1);
  if (total <= limit) return shares;
  return shares.map((share) => Math.max(1, Math.round((share * limit) / total)));
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

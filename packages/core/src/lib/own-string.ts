/**
 * A copy of `value` that keeps nothing else alive. V8 makes a slice of a string by pointing into its parent, so a 20-byte
 * key cut from a request would keep the request's whole head in memory. For whatever outlives its request: store keys, log batches.
 */
export function ownString(value: string): string {
  return ` ${value}`.slice(1);
}

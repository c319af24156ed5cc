/** Test switch: whether lent bytes are overwritten as soon as the call they were lent for returns. */
let isPoisoned = false;

/** Overwrites lent bytes after each call from now on, so that a consumer that kept them is found out. For tests. */
export function poisonLentBytes(on = true): void {
  isPoisoned = on;
}

/** Called by drivers when a consumer has returned. */
export function endLoan(chunk: Uint8Array): void {
  if (isPoisoned) chunk.fill(0xdb);
}

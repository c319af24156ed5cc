/** Test switch: whether lent bytes are overwritten as soon as the call they were lent for returns. */
let isPoisoned = false;

/** For tests: overwrites lent bytes after each call from now on, which exposes consumers that keep them. */
export function poisonLentBytes(on = true): void {
  isPoisoned = on;
}

/** Drivers call this when a consumer has returned. */
export function endLoan(chunk: Uint8Array): void {
  if (isPoisoned) chunk.fill(0xdb);
}

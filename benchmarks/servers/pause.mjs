/** Half a millisecond in which nothing else runs; a timer would be late by any amount. */
export function pause() {
  for (const end = performance.now() + 0.5; performance.now() < end; );
}

/** Half a millisecond in which nothing else runs: a timer would be as late as it likes. */
export function pause() {
  for (const end = performance.now() + 0.5; performance.now() < end; );
}

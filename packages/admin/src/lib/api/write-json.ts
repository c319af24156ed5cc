/** Moments before this are none of now: a number of another kind has the same name. */
const firstMs = 1e11;

/** Writes an answer: moments (`at`, `startedAt`) are whole milliseconds, which programs in any language can read as a whole number. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, (name, each: unknown) =>
    typeof each === 'number' && each > firstMs && /(?:^a|A)t$/.test(name) ? Math.round(each) : each,
  );
}

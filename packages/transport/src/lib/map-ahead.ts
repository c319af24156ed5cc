/** How many files are read at a time: as many hops to the threads of libuv as hide what one takes. */
const atATime = 16;

/** Runs `run` for each item, some at a time, and keeps their order. Rejects as if it had run them one after the other: with the first failure in their order. */
export async function mapAhead<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const failures: { readonly index: number; readonly error: unknown }[] = [];
  const work = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await run(items[index]!);
      } catch (error) {
        failures.push({ index, error });
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  const [first] = failures.sort((one, other) => one.index - other.index);
  if (first !== undefined) throw first.error;
  return results;
}

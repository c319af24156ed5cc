import type { Cache, PurgeSelector } from '@windhover/cache';
import type { ManagedThing } from '@windhover/core/feature';

/**
 * Lets administrators see what a cache does, and purge it.
 *
 * @param isShared whether all workers have the same answers, so that what is stored must not be summed
 */
export function managedCache(name: string, cache: Cache, isShared: boolean): ManagedThing {
  return {
    kind: 'cache',
    name,
    read() {
      const { entries, bytes, ...counts } = cache.stats;
      return isShared
        ? { counts, entries, bytes }
        : { counts: { ...counts, entries, bytes }, entries: null, bytes: null };
    },
    actions: {
      purge: async (args) => ({ removed: await cache.purge(selectorOf(args), { soft: args['soft'] === true }) }),
    },
  };
}

function selectorOf({ soft: _soft, ...given }: Readonly<Record<string, unknown>>): PurgeSelector {
  const [key, ...others] = Object.keys(given);
  const value = key === undefined ? undefined : given[key];
  const isText = key === 'url' || key === 'prefix' || key === 'tag';
  if (others.length === 0 && key !== undefined && isText && typeof value === 'string' && value !== '')
    return { [key]: value } as PurgeSelector;
  if (others.length === 0 && key === 'all' && value === true) return { all: true };
  throw new Error(
    `expected one of { url }, { prefix }, { tag } with a text, or { all: true }, found ${JSON.stringify(given)}`,
  );
}

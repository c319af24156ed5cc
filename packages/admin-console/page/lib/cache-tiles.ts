import type { CacheState } from '@windhover/admin';
import { formatBytes, formatNumber } from './format.ts';

/** Answers for which the origin was not asked, or did not have to send the content again. */
const served = ['hit', 'stale', 'revalidated', 'collapsed'];

/** What a cache has and did, in the order of what matters: names with values. */
export function cacheTiles({ counts, ...own }: CacheState): readonly (readonly [name: string, value: string])[] {
  const { entries = own.entries, bytes = own.bytes, ...others } = counts;
  const hits = served.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  const all = hits + (counts['miss'] ?? 0);
  return [
    ['hit rate', all === 0 ? '–' : `${formatNumber((hits / all) * 100)} %`],
    ['entries', entries === null ? '–' : formatNumber(entries)],
    ['size', bytes === null ? '–' : formatBytes(bytes)],
    ...Object.entries(others).map(([name, value]): [string, string] => {
      const isBytes = name.endsWith('Bytes');
      return [spaced(isBytes ? name.slice(0, -5) : name), isBytes ? formatBytes(value) : formatNumber(value)];
    }),
  ];
}

/** `servedStale` as people write it. */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

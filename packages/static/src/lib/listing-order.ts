import type { ListedEntry } from './listed-entries.ts';

export const listingColumns = ['name', 'size', 'modified'] as const;
export type ListingColumn = (typeof listingColumns)[number];

/** By which column a listing is sorted. */
export interface ListingOrder {
  readonly by: ListingColumn;
  readonly isDescending: boolean;
}

/** Reads `sort=size&order=desc` from a query. Anything else means by name, ascending. */
export function listingOrder(query: string | null): ListingOrder {
  const parameters = new URLSearchParams(query ?? '');
  const by = listingColumns.find((column) => column === parameters.get('sort')) ?? 'name';
  return { by, isDescending: parameters.get('order') === 'desc' };
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Folders come first in any order; equal entries are sorted by name. */
export function sortEntries(entries: readonly ListedEntry[], { by, isDescending }: ListingOrder): ListedEntry[] {
  const sign = isDescending ? -1 : 1;
  return [...entries].sort((one, other) => {
    if (one.kind !== other.kind) return one.kind === 'folder' ? -1 : 1;
    return sign * compare(one, other, by) || byName(one, other);
  });
}

function compare(one: ListedEntry, other: ListedEntry, by: ListingColumn): number {
  if (by === 'size') return (one.size ?? 0) - (other.size ?? 0);
  if (by === 'modified') return (one.modifiedMs ?? 0) - (other.modifiedMs ?? 0);
  return byName(one, other);
}

/** Names that differ only by case or accent have a fixed order too. */
function byName(one: ListedEntry, other: ListedEntry): number {
  return names.compare(one.name, other.name) || (one.name < other.name ? -1 : Number(one.name > other.name));
}

import type { FileSource } from './file-source.ts';
import { isServedPlace } from './is-served-place.ts';

/** An entry of a folder, as a listing shows it. */
export interface ListedEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** In bytes; `null` for a folder. */
  readonly size: number | null;
  /** Milliseconds since the epoch; `null` if unknown. */
  readonly modifiedMs: number | null;
}

export interface ListedFolder {
  readonly entries: readonly ListedEntry[];
  /** Whether the folder has more entries than were looked at. */
  readonly isCut: boolean;
}

export interface ListSettings {
  readonly source: FileSource;
  readonly showsDotfiles: boolean;
  readonly allow: (path: string) => boolean;
}

/** How many entries are looked at together: a few more than the thread pool has threads. */
const atOnce = 8;

/** Reads the entries of a folder that may be served: exactly those that a request for their path would find. */
export async function listedEntries(
  names: readonly string[],
  maxEntries: number,
  settings: ListSettings,
): Promise<ListedFolder> {
  const { source, showsDotfiles, allow } = settings;
  const places: string[][] = [];
  let isCut = false;
  for await (const name of source.list(names)) {
    const place = [...names, name];
    if (!isServedPlace(place, showsDotfiles) || !allow(place.join('/'))) continue;
    if (places.length === maxEntries) {
      isCut = true;
      break;
    }
    places.push(place);
  }
  const entries: ListedEntry[] = [];
  for (let start = 0; start < places.length; start += atOnce) {
    const looked = await Promise.all(places.slice(start, start + atOnce).map((place) => lookAt(place, source)));
    entries.push(...looked.filter((entry) => entry !== null));
  }
  return { entries, isCut };
}

/** `null` for links that lead out, devices, and what may not be read. */
async function lookAt(place: readonly string[], source: FileSource): Promise<ListedEntry | null> {
  const name = place.at(-1)!;
  const found = await Promise.resolve(source.find(place)).catch(() => null);
  if (found === null) return null;
  if (found.kind === 'folder') return { name, kind: 'folder', size: null, modifiedMs: found.modifiedMs };
  const { size, mtimeNs } = found.facts;
  return { name, kind: 'file', size, modifiedMs: Number(mtimeNs / 1_000_000n) };
}

import type { CacheEntry, CacheMeta } from '../src/lib/cache-entry.ts';
import type { CacheStore } from '../src/lib/cache-store.ts';

/** Bytes that are different everywhere, and for each seed. */
export function contentOf(length: number, seed = 0): Uint8Array {
  const content = new Uint8Array(length);
  for (let index = 0; index < length; index++) content[index] = (index * 31 + (index >> 8) + seed * 7) & 255;
  return content;
}

/** Stores an answer, in pieces. */
export async function put(store: CacheStore, meta: CacheMeta, content: Uint8Array): Promise<void> {
  const writer = store.open(meta);
  for (let start = 0; start < content.byteLength; start += 30_000) writer.write(content.slice(start, start + 30_000));
  await writer.commit();
  writer.spool?.close();
}

/** Reads all of a stored content. */
export async function read(entry: CacheEntry): Promise<Uint8Array> {
  const body = await entry.open();
  if (body === null) throw new Error('The content is lost');
  const content = new Uint8Array(body.length);
  try {
    for (let filled = 0; filled < content.byteLength; ) {
      const count = await body.read(content.subarray(filled, filled + 100_000), filled);
      if (count === 0) throw new Error('The content is too short');
      filled += count;
    }
  } finally {
    body.close();
  }
  return content;
}

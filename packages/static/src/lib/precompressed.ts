import { negotiateEncoding } from '@windhover/http-semantics';
import type { FileSource, FoundFile } from './file-source.ts';

/** A coding of which a file may have a copy beside it. */
export type Precompression = 'br' | 'zstd' | 'gzip';

/** A file that is made in advance from another one. */
export interface Precompressed {
  readonly coding: Precompression;
  readonly file: FoundFile;
}

export const precompressions: readonly Precompression[] = ['br', 'zstd', 'gzip'];

const extensions: Readonly<Record<Precompression, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' };

/**
 * Finds the compressed copies of a file: `app.js.br` beside `app.js`. A copy that is older than its file was probably
 * forgotten, so it counts only if `takesOlder`.
 */
export async function findPrecompressed(
  source: FileSource,
  names: readonly string[],
  original: FoundFile,
  { codings, takesOlder }: { readonly codings: readonly Precompression[]; readonly takesOlder: boolean },
): Promise<Precompressed[]> {
  const name = names.at(-1);
  const copies: Precompressed[] = [];
  if (name === undefined || /\.(?:br|zst|gz)$/.test(name)) return copies;
  for (const coding of codings) {
    const file = await source.find([...names.slice(0, -1), name + extensions[coding]]);
    if (file?.kind !== 'file') continue;
    if (takesOlder || file.facts.mtimeNs >= original.facts.mtimeNs) copies.push({ coding, file });
  }
  return copies;
}

/**
 * Chooses between a file and its compressed copies; `null` is the file itself. Also for a client that refuses
 * everything: RFC 9110 §12.5.3 allows that, and nobody is helped by a 406.
 */
export function choosePrecompressed<T extends { readonly coding: string }>(
  acceptEncoding: string | undefined,
  copies: readonly T[],
): T | null {
  if (copies.length === 0) return null;
  const chosen = negotiateEncoding(
    acceptEncoding,
    copies.map(({ coding }) => coding),
  );
  return chosen.kind === 'chosen' ? (copies.find(({ coding }) => coding === chosen.value) ?? null) : null;
}

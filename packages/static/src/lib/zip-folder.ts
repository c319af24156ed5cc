import { staticError } from './errors.ts';
import { isSameVersion } from './file-facts.ts';
import type { FoundFile } from './file-source.ts';
import { isServedPlace } from './is-served-place.ts';
import type { ListSettings } from './listed-entries.ts';

/** Caps of a download. */
export interface ZipLimits {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/** A file in a download. */
export interface ZipMember {
  /** The names below the downloaded folder. */
  readonly names: readonly string[];
  readonly file: FoundFile;
}

/** Reads 64 KiB at a time: compressing that takes about two milliseconds, during which nothing else runs. */
const chunkBytes = 64 * 1024;
/** The archive names each file twice, so a download of more bytes than this could exceed the 4 GiB of the format. */
export const maxZipBytes = 4_000_000_000;
/** Times before 1980 and after 2099 cannot be written. */
const [firstMs, lastMs] = [Date.UTC(1980, 0, 2), Date.UTC(2099, 11, 30)];
/** Compressing these again would only take time. */
const compressedPattern =
  /\.(?:7z|avif|br|bz2|docx|flac|gif|gz|jar|jpe?g|mkv|mp[34]|og[agv]|pdf|png|pptx|rar|webm|webp|woff2?|xlsx|xz|zip|zst)$/i;

/**
 * Finds the files of a folder that may be served, and refuses a folder that exceeds the limits before anything is sent.
 * A folder that was met before, by a link to a folder above it, is left out.
 */
export async function zipMembers(
  top: readonly string[],
  limits: ZipLimits,
  { source, showsDotfiles, allow }: ListSettings,
): Promise<ZipMember[]> {
  const members: ZipMember[] = [];
  const met = new Set<string>();
  const folders: (readonly string[])[] = [top];
  let bytes = 0;
  for (const names of folders) {
    for await (const name of source.list(names)) {
      const place = [...names, name];
      if (!isServedPlace(place, showsDotfiles) || !allow(place.join('/'))) continue;
      const found = await source.find(place);
      if (found?.kind === 'folder' && !met.has(found.id)) {
        met.add(found.id);
        folders.push(place);
      } else if (found?.kind === 'file') {
        bytes += found.facts.size;
        members.push({ names: place.slice(top.length), file: found });
      }
      if (members.length + folders.length > limits.maxFiles || bytes > Math.min(limits.maxBytes, maxZipBytes))
        throw staticError(
          'STATIC_FOLDER_TOO_LARGE',
          `the limits are ${limits.maxFiles} files and ${limits.maxBytes} bytes`,
        );
    }
  }
  return members;
}

/**
 * The bytes of a ZIP archive of these files, made while they are read: one file is open at a time, and nothing is read
 * that nobody takes. A file that changes after it was found fails the archive, so that no download holds a mixture.
 */
export async function* zipFolder(members: readonly ZipMember[]): AsyncGenerator<Uint8Array> {
  const { Zip, ZipDeflate, ZipPassThrough } = await import('fflate'); // only for those who use it
  let made: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error !== null) throw error;
    if (chunk.byteLength > 0) made.push(chunk);
  });
  const take = (): Uint8Array[] => {
    const taken = made;
    made = [];
    return taken;
  };
  for (const { names, file } of members) {
    const path = names.join('/');
    const entry = compressedPattern.test(path) ? new ZipPassThrough(path) : new ZipDeflate(path, { level: 6 });
    entry.mtime = new Date(Math.min(lastMs, Math.max(firstMs, Number(file.facts.mtimeNs / 1_000_000n))));
    archive.add(entry);
    for await (const chunk of contentOf(file)) {
      entry.push(chunk.bytes, chunk.isLast);
      yield* take();
    }
  }
  archive.end();
  yield* take();
}

interface ContentChunk {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

async function* contentOf(found: FoundFile): AsyncGenerator<ContentChunk> {
  const file = await found.open();
  if (file === null) throw staticError('STATIC_FILE_CHANGED');
  try {
    const { size } = found.facts;
    for (let position = 0; position < size; ) {
      const into = new Uint8Array(Math.min(chunkBytes, size - position)); // not reused: what is stored is passed on
      const count = await file.read(into, position);
      if (count === 0) throw staticError('STATIC_FILE_CHANGED');
      position += count;
      yield { bytes: into.subarray(0, count), isLast: false };
    }
    if (!isSameVersion(await file.look(), found.facts)) throw staticError('STATIC_FILE_CHANGED');
    yield { bytes: new Uint8Array(0), isLast: true };
  } finally {
    await file.close();
  }
}

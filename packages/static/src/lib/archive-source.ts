import { basename, dirname, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { staticError } from './errors.ts';
import { type FileFacts, isSameVersion } from './file-facts.ts';
import type { FileSource, FoundEntry, FoundFile, OpenFile } from './file-source.ts';
import { folderSource } from './folder-source.ts';
import { openBytes } from './memory-source.ts';
import { readUpTo } from './read-up-to.ts';
import { treeSource } from './tree-source.ts';
import { bad, contentStart, type ZipRecord, zipDirectory } from './zip-directory.ts';

/** Options of `archiveSource`. */
export interface ArchiveSourceOptions {
  /**
   * The largest compressed file that is served, because it is unpacked in memory. Files that are stored without
   * compression are read in place and may be larger. Default: 16 MiB.
   */
  readonly maxUnpackedBytes?: number;
}

type Tree = ReturnType<typeof treeSource>;

/**
 * The files of a ZIP archive, served in place: its directory is kept in memory, and each file is read when it is asked
 * for. When the archive is replaced, the new one is served.
 */
export function archiveSource(
  path: string,
  { maxUnpackedBytes = 16 * 1024 * 1024 }: ArchiveSourceOptions = {},
): FileSource {
  if (typeof path !== 'string' || path === '') throw staticError('STATIC_OPTION_INVALID', 'the archive has no name');
  return new ArchiveSource(resolve(path), maxUnpackedBytes);
}

class ArchiveSource implements FileSource {
  private readonly path: string;
  private readonly folder: FileSource;
  private readonly maxUnpackedBytes: number;
  private current: { readonly facts: FileFacts; readonly tree: Promise<Tree> } | null = null;
  private known: Tree | null = null;

  constructor(path: string, maxUnpackedBytes: number) {
    this.path = path;
    this.folder = folderSource(dirname(path), { symlinks: 'follow' });
    this.maxUnpackedBytes = maxUnpackedBytes;
  }

  async find(names: readonly string[]): Promise<FoundEntry | null> {
    return (await this.tree()).find(names);
  }

  async *list(names: readonly string[]): AsyncGenerator<string> {
    yield* (await this.tree()).list(names);
  }

  describe(names: readonly string[]): string {
    return [this.path, ...names].join('/');
  }

  inspect(names: readonly string[]): ReturnType<FileSource['inspect']> {
    return this.known?.inspect(names) ?? { kind: 'unknown', because: 'the archive was not read yet' };
  }

  /** The files of the archive as it is now. */
  private async tree(): Promise<Tree> {
    const archive = await this.archive();
    const { current } = this;
    if (current?.facts.id === archive.facts.id && isSameVersion(current.facts, archive.facts)) return current.tree;
    const tree = this.read(archive);
    this.current = { facts: archive.facts, tree };
    try {
      this.known = await tree;
      return this.known;
    } catch (error) {
      if (this.current?.tree === tree) this.current = null; // the next request tries again
      throw error;
    }
  }

  private async archive(): Promise<FoundFile> {
    const found = await this.folder.find([basename(this.path)]);
    if (found?.kind !== 'file') throw staticError('STATIC_READ_FAILED', `the archive ${this.path}`);
    return found;
  }

  private async read(found: FoundFile): Promise<Tree> {
    const archive = await openSame(found);
    try {
      const records = await zipDirectory(archive);
      const modifiedMs = Number(archive.facts.mtimeNs / 1_000_000n);
      return treeSource(
        records.map((record) => ({ path: record.path, entry: this.entry(found, record) })),
        modifiedMs,
      );
    } finally {
      await archive.close();
    }
  }

  /** A file of the archive changes when the archive does. */
  private entry(found: FoundFile, record: ZipRecord): FoundFile {
    const facts = { ...found.facts, id: `${found.facts.id}:${record.headerAt}`, size: record.size };
    return { kind: 'file', facts, open: () => this.open(found, record, facts) };
  }

  private async open(found: FoundFile, record: ZipRecord, facts: FileFacts): Promise<OpenFile> {
    const archive = await openSame(found);
    try {
      const start = await contentStart(archive, record);
      if (record.method === 0) {
        if (record.size !== record.packedSize) throw bad(`${record.path} has two sizes`); // it would show other files
        return storedFile(archive, start, facts);
      }
      if (record.size > this.maxUnpackedBytes || record.packedSize > this.maxUnpackedBytes)
        throw staticError('STATIC_MEMBER_TOO_LARGE', `${record.path} has ${record.size} bytes`);
      const packed = await readUpTo(archive, new Uint8Array(record.packedSize), start);
      await archive.close();
      return openBytes(await unpack(packed, record), facts);
    } catch (error) {
      await archive.close();
      throw error;
    }
  }
}

/** The directory was read from this version, so its offsets mean nothing in another one. */
async function openSame(found: FoundFile): Promise<OpenFile> {
  const archive = await found.open();
  if (archive === null) throw staticError('STATIC_FILE_CHANGED');
  if (isSameVersion(archive.facts, found.facts)) return archive;
  await archive.close();
  throw staticError('STATIC_FILE_CHANGED');
}

/** A stored file is a part of the archive, and can be read at any position. */
function storedFile(archive: OpenFile, start: number, facts: FileFacts): OpenFile {
  const { id, size } = facts;
  return {
    facts,
    read: (into, position) => archive.read(into.subarray(0, Math.max(0, size - position)), start + position),
    look: async () => ({ ...(await archive.look()), id, size }),
    close: () => archive.close(),
  };
}

/** Unpacks into exactly the size that was announced, so a file that lies about it takes no more memory. */
async function unpack(packed: Uint8Array, { size, crc, path }: ZipRecord): Promise<Uint8Array> {
  const { inflateSync } = await import('fflate'); // only for those who use it
  let content: Uint8Array;
  try {
    content = inflateSync(packed, { out: new Uint8Array(size) });
  } catch (cause) {
    throw staticError('STATIC_ARCHIVE_INVALID', path, { cause });
  }
  if (content.byteLength !== size || crc32(content) !== crc) throw bad(`${path} does not match its checksum`);
  return content;
}

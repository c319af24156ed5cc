import { unzipSync } from 'fflate';
import { FileError } from './file-error.ts';
import type { FileFacts, FtpFileSystem } from './file-system.ts';
import { nameOf, parentOf, resolveFtpPath } from './ftp-path.ts';

/** Options of `createZipFileSystem`. */
export interface ZipFileSystemOptions {
  /** The longest file that may be unpacked, in bytes: a small archive can hold a huge one. Default: 256 MiB. */
  readonly maxFileBytes?: number;
  /** The time of all entries, in milliseconds since the epoch. Default: now. */
  readonly modifiedMs?: number;
}

/** The files of a ZIP archive, for reading only. A file is unpacked when it is opened. Throws for what is no archive. */
export function createZipFileSystem(archive: Uint8Array, options: ZipFileSystemOptions = {}): FtpFileSystem {
  const { maxFileBytes = 256 * 1024 * 1024, modifiedMs = Date.now() } = options;
  const entries = new Map<string, FileFacts>();
  const names = new Map<string, string>();
  const addFolders = (path: string): void => {
    if (entries.has(path)) return;
    entries.set(path, { name: nameOf(path), kind: 'folder', size: 0, modifiedMs, mode: 0o555 });
    if (path !== '/') addFolders(parentOf(path));
  };
  addFolders('/');
  unzipSync(archive, {
    filter({ name, originalSize }) {
      const path = resolveFtpPath('/', name);
      if (path === null || path === '/' || name.includes('\\')) return false;
      addFolders(name.endsWith('/') ? path : parentOf(path));
      if (!name.endsWith('/')) {
        entries.set(path, { name: nameOf(path), kind: 'file', size: originalSize, modifiedMs, mode: 0o444 });
        names.set(path, name);
      }
      return false;
    },
  });
  const factsOf = (path: string, kind: FileFacts['kind']): FileFacts => {
    const facts = entries.get(path);
    if (facts === undefined) throw new FileError('not-found');
    if (facts.kind !== kind) throw new FileError(kind === 'file' ? 'not-a-file' : 'not-a-folder');
    return facts;
  };
  return {
    stat: async (path) => entries.get(path) ?? null,
    async *list(path) {
      factsOf(path, 'folder');
      for (const [each, facts] of entries) if (each !== '/' && parentOf(each) === path) yield facts;
    },
    async read(path, startAt) {
      const facts = factsOf(path, 'file');
      if (facts.size > maxFileBytes) throw new FileError('denied');
      if (startAt > facts.size) throw new FileError('bad-offset');
      const wanted = names.get(path)!;
      const content = unzipSync(archive, { filter: ({ name }) => name === wanted })[wanted];
      if (content?.byteLength !== facts.size) throw new FileError('failed');
      let position = startAt;
      return {
        facts,
        async read(buffer) {
          const part = content.subarray(position, position + buffer.byteLength);
          buffer.set(part);
          position += part.byteLength;
          return part.byteLength;
        },
        look: async () => facts,
        close: async () => undefined,
      };
    },
  };
}

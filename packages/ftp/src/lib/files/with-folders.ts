import { FileError } from './file-error.ts';
import type { FileFacts, FtpFileSystem } from './file-system.ts';
import { isWithin, nameOf, parentOf } from './ftp-path.ts';
import { placed } from './part-of.ts';

/**
 * Virtual folders: a file system with others in it, each at an absolute path. A virtual folder hides what the first file system has there. It cannot be
 * removed, renamed or replaced.
 */
export function withFolders(files: FtpFileSystem, folders: Readonly<Record<string, FtpFileSystem>>): FtpFileSystem {
  const mounts = Object.entries(folders).sort(([one], [other]) => other.length - one.length);
  if (mounts.length === 0) return files;
  const mountOf = (path: string) => mounts.find(([folder]) => isWithin(path, folder));
  const inner = placed(
    (path) => mountOf(path)?.[1] ?? files,
    (path) => {
      const folder = mountOf(path)?.[0];
      return folder === undefined ? path : path.slice(folder.length) || '/';
    },
  );
  const refuseRoots = (path: string): void => {
    if (mounts.some(([folder]) => isWithin(folder, path))) throw new FileError('denied');
  };
  const factsOf = async (folder: string, root: FtpFileSystem): Promise<FileFacts | null> => {
    const facts = await root.stat('/').catch(() => null);
    return facts === null ? null : { ...facts, name: nameOf(folder) };
  };
  return {
    ...inner,
    async stat(path) {
      const mount = mounts.find(([folder]) => folder === path);
      return mount === undefined ? inner.stat(path) : factsOf(...mount);
    },
    async *list(path) {
      const here = mounts.filter(
        ([folder]) => folder !== '/' && parentOf(folder) === path && mountOf(path)?.[0] !== folder,
      );
      const hidden = new Set(here.map(([folder]) => nameOf(folder)));
      for (const mount of here) {
        const facts = await factsOf(...mount);
        if (facts !== null) yield facts;
      }
      for await (const facts of inner.list(path)) if (!hidden.has(facts.name)) yield facts;
    },
    async removeFolder(path) {
      refuseRoots(path);
      return inner.removeFolder!(path);
    },
    async rename(from, to) {
      refuseRoots(from);
      refuseRoots(to);
      return inner.rename!(from, to);
    },
  };
}

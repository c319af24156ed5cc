import { FileError } from './file-error.ts';
import type { FtpFileSystem } from './file-system.ts';

type Call<K extends keyof FtpFileSystem> = NonNullable<FtpFileSystem[K]>;

/** The files below one folder of a file system, as if it were the root. */
export function partOf(files: FtpFileSystem, folder: string): FtpFileSystem {
  if (folder === '/') return files;
  const at = (path: string): string => (path === '/' ? folder : folder + path);
  return placed(
    () => files,
    (path) => at(path),
  );
}

/** Passes each call on to the file system of its path. */
export function placed(of: (path: string) => FtpFileSystem, at: (path: string) => string): FtpFileSystem {
  const may = <K extends keyof FtpFileSystem>(path: string, name: K): Call<K> => {
    const files = of(path);
    const call = files[name];
    if (call === undefined) throw new FileError('read-only');
    return (call as CallableFunction).bind(files) as Call<K>;
  };
  return {
    stat: async (path) => of(path).stat(at(path)),
    list: (path) => of(path).list(at(path)),
    read: async (path, startAt) => of(path).read(at(path), startAt),
    write: async (path, options) => may(path, 'write')(at(path), options),
    makeFolder: async (path) => may(path, 'makeFolder')(at(path)),
    removeFolder: async (path) => may(path, 'removeFolder')(at(path)),
    removeFile: async (path) => may(path, 'removeFile')(at(path)),
    async rename(from, to) {
      if (of(from) !== of(to)) throw new FileError('denied');
      return may(from, 'rename')(at(from), at(to));
    },
    setModified: async (path, timeMs) => may(path, 'setModified')(at(path), timeMs),
    setMode: async (path, mode) => may(path, 'setMode')(at(path), mode),
    hasRoom: async (path, bytes) => (await of(path).hasRoom?.(at(path), bytes)) ?? true,
  };
}

import type { Reply } from '../protocol/format-reply.ts';
import type { FileFault } from './file-system.ts';

/** What a file system rejects with. */
export class FileError extends Error {
  readonly fault: FileFault;

  constructor(fault: FileFault, cause?: unknown) {
    super(`FTP_FILE: ${fault}`, cause === undefined ? undefined : { cause });
    this.name = 'FileError';
    this.fault = fault;
  }
}

const faults: Readonly<Record<string, FileFault>> = {
  ENOENT: 'not-found',
  EEXIST: 'exists',
  EISDIR: 'not-a-file',
  ENOTDIR: 'not-a-folder',
  ENOTEMPTY: 'not-empty',
  EACCES: 'denied',
  EPERM: 'denied',
  ELOOP: 'denied',
  ENXIO: 'denied',
  ENOSPC: 'no-space',
  EDQUOT: 'quota',
  EROFS: 'read-only',
  ENAMETOOLONG: 'bad-name',
  EINVAL: 'bad-name',
};

/** Takes an error of the system for a `FileError`. */
export function toFileError(error: unknown): FileError {
  if (error instanceof FileError) return error;
  return new FileError(faults[(error as NodeJS.ErrnoException | null)?.code ?? ''] ?? 'failed', error);
}

const replies: Readonly<Record<FileFault, Reply>> = {
  'not-found': { code: 550, text: 'No such file or folder.' },
  exists: { code: 550, text: 'It exists already.' },
  'not-a-file': { code: 550, text: 'It is not a file.' },
  'not-a-folder': { code: 550, text: 'It is not a folder.' },
  'not-empty': { code: 550, text: 'The folder is not empty.' },
  denied: { code: 550, text: 'Access denied.' },
  'no-space': { code: 452, text: 'There is no space left.' },
  quota: { code: 552, text: 'The quota is used up.' },
  'read-only': { code: 550, text: 'The files here cannot be changed.' },
  'bad-name': { code: 553, text: 'This name is not allowed.' },
  'bad-offset': { code: 554, text: 'The file is shorter than that.' },
  changed: { code: 451, text: 'The file has changed while it was read.' },
  failed: { code: 451, text: 'The files cannot be reached now.' },
};

/** What a client is told. The cause, which may show places on the disk, is for the log. */
export function replyToFault(error: unknown): Reply {
  return replies[toFileError(error).fault];
}

import { staticError } from './errors.ts';

/** Error codes for a missing file or an impossible name. */
const missingCodes: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO']);

/** Returns if a file system error means that there is no such file; otherwise throws the error for the client. */
export function expectMissing(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (missingCodes.has(code)) return;
  if (code === 'EACCES' || code === 'EPERM') throw staticError('STATIC_FORBIDDEN', undefined, { cause: error });
  if (code === 'EMFILE' || code === 'ENFILE') throw staticError('STATIC_TOO_MANY_FILES', undefined, { cause: error });
  throw staticError('STATIC_READ_FAILED', undefined, { cause: error });
}

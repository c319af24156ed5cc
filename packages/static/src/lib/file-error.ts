import { staticError } from './errors.ts';

/** There is no such file, or the name cannot be one. */
const missingCodes: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO']);

/** Returns when a failure of the file system means that there is no such file; throws what a client should get otherwise. */
export function expectMissing(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (missingCodes.has(code)) return;
  if (code === 'EACCES' || code === 'EPERM') throw staticError('STATIC_FORBIDDEN', undefined, { cause: error });
  if (code === 'EMFILE' || code === 'ENFILE') throw staticError('STATIC_TOO_MANY_FILES', undefined, { cause: error });
  throw staticError('STATIC_READ_FAILED', undefined, { cause: error });
}

/** Says why a file that somebody has named on the command line cannot be used. */
export function describeFileError(path: string, error: Error): string {
  const { code, path: inner = path } = error as NodeJS.ErrnoException;
  const file = inner === path || inner === '' ? path : `${inner} of ${path}`;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `There is no ${path}.`;
  if (code === 'EACCES' || code === 'EPERM') return `${file} may not be read by this user.`;
  if (code === 'EISDIR') return `${path} is a folder, and a file is expected.`;
  return code === undefined ? `${error.message}.` : `${path} cannot be used: ${error.message}.`;
}

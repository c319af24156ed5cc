const maxBytes = 4096;
const maxNameBytes = 255;

/**
 * The absolute path that a client means by `argument`. `..` does not lead out of the root. `null` for what no file can be
 * named: with a NUL, a line break, or too long.
 */
export function resolveFtpPath(folder: string, argument: string): string | null {
  if (/[\0\r\n]/.test(argument) || Buffer.byteLength(argument) > maxBytes) return null;
  const names = argument.startsWith('/') ? [] : namesOf(folder);
  for (const name of argument.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else if (Buffer.byteLength(name) > maxNameBytes) return null;
    else names.push(name);
  }
  return `/${names.join('/')}`;
}

/** The names of a path that `resolveFtpPath` has made. */
export function namesOf(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

/** Whether `path` is `folder` or below it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

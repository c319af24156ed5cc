import { HttpError, type Logger, ownString } from '@windhover/core';

/** So many paths are remembered; then they are forgotten and told again. */
const maxPaths = 1000;

/** A line in the log for a file that may not be read: once for each, since anybody can ask for it again and again. */
export function tellOnce(log: Pick<Logger, 'warn'> | undefined): (path: string, error: unknown) => void {
  const told = new Set<string>();
  return (path, error) => {
    if (log === undefined || !HttpError.is(error) || error.code !== 'STATIC_FORBIDDEN' || told.has(path)) return;
    if (told.size >= maxPaths) told.clear();
    told.add(ownString(path));
    const { path: file = path } = (error.cause ?? {}) as NodeJS.ErrnoException;
    log.warn(`A file may not be read, so its requests are answered with 403: ${file}`, { code: error.code });
  };
}

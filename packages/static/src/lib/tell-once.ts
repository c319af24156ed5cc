import { HttpError, type Logger, ownString } from '@windhover/core';

/** After this many paths all are forgotten, and reported again. */
const maxPaths = 1000;

/** Logs a file that may not be read once, because clients may ask for it again and again. */
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

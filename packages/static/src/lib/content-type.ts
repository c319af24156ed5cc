import { mimes } from 'mrmime';

/** The Content-Type of a file by its extension, `application/octet-stream` when that says nothing. */
export function contentType(fileName: string, types: ReadonlyMap<string, string>): string {
  const dot = fileName.lastIndexOf('.');
  const extension = dot <= 0 ? '' : fileName.slice(dot + 1).toLowerCase();
  const own = types.get(extension);
  if (own !== undefined) return own;
  const known = Object.hasOwn(mimes, extension) ? mimes[extension] : undefined; // `x.constructor` is a file name too
  if (known === undefined) return 'application/octet-stream';
  return known.startsWith('text/') ? `${known}; charset=utf-8` : known;
}

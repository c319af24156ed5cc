import mime from 'mime';

/** The Content-Type of a file by its extension; `application/octet-stream` for an unknown one. */
export function contentType(fileName: string, types: ReadonlyMap<string, string>): string {
  const dot = fileName.lastIndexOf('.');
  const extension = dot <= 0 ? '' : fileName.slice(dot + 1).toLowerCase();
  const own = types.get(extension);
  if (own !== undefined) return own;
  const known = extension === '' ? null : mime.getType(extension);
  if (known === null) return 'application/octet-stream';
  return known.startsWith('text/') ? `${known}; charset=utf-8` : known;
}

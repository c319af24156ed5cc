/** A value as nginx or Apache write it, and how it is written here. */
export interface ForeignValue {
  readonly written: string;
  readonly ours: string;
}

const pattern = /\$(?:\d|(?:host|uri|request_uri|scheme|args|query_string|remote_addr|http_\w+)\b)|%\{\w+\}/;

const ours: Readonly<Record<string, string>> = {
  uri: 'path',
  request_uri: 'url',
  args: 'query',
  query_string: 'query',
  remote_addr: 'client',
};

/** Finds the first value of another server, which would be sent as it stands here: `$1`, `$host`, `%{HTTP_HOST}`. */
export function foreignValue(source: string): ForeignValue | null {
  const written = pattern.exec(source)?.[0];
  if (written === undefined) return null;
  const name = written.replace(/^[$%]\{?|\}$/g, '');
  const header = /^http_(\w+)$/.exec(name)?.[1];
  return {
    written,
    ours: `{${header === undefined ? (ours[name] ?? name) : `header.${header.replaceAll('_', '-')}`}}`,
  };
}

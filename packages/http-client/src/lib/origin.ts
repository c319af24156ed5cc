import type { ConnectAddress } from '@windhover/transport';
import { ClientError } from './errors.ts';

/** An upstream server. */
export interface Origin {
  /** Identifies the upstream and its connection pool. */
  readonly key: string;
  readonly address: ConnectAddress;
  /** The Host value of requests that set none. */
  readonly host: string;
}

/** Parses `http://host:port` or `unix:/path/to.socket`. Throws `CLIENT_ORIGIN_INVALID`. */
export function parseOrigin(text: string): Origin {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    if (!path.startsWith('/')) throw invalid(text, 'expected unix: and an absolute path');
    return { key: text, address: { path }, host: 'localhost' };
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw invalid(text, 'expected http://host:port or unix:/path', error);
  }
  if (url.protocol === 'https:') throw invalid(text, 'upstreams over TLS are not supported yet, expected http://');
  if (url.protocol !== 'http:') throw invalid(text, `${url.protocol}// is not supported, expected http://`);
  if (url.username !== '' || url.password !== '') throw invalid(text, 'credentials do not belong here');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw invalid(text, 'a path does not belong here');
  const port = url.port === '' ? 80 : Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { key: url.origin, address: { host, port }, host: url.host };
}

function invalid(text: string, why: string, cause?: unknown): ClientError {
  return new ClientError('CLIENT_ORIGIN_INVALID', `${why}, got ${JSON.stringify(text)}`, cause);
}

import { type ClientTls, type ClientTlsOptions, type ConnectAddress, createClientTls } from '@windhover/transport';
import { ClientError } from './errors.ts';

/** An upstream server. */
export interface Origin {
  /** Its address, for logs. */
  readonly key: string;
  /** Identifies its connection pool: connections with different TLS options are never shared. */
  readonly pool: string;
  /** `null` without TLS. */
  readonly tls: ClientTls | null;
  readonly address: ConnectAddress;
  /** The Host value of requests that set none. */
  readonly host: string;
  /**
   * `http2`: HTTP/2 by ALPN with TLS, by prior knowledge without; an upstream that does not speak it fails. `auto`: what the
   * upstream chooses by ALPN at each new connection. Default: `http1`.
   */
  readonly protocol?: OriginProtocol | undefined;
}

export type OriginProtocol = 'http1' | 'http2' | 'auto';

const usual = 'expected http://host:port, https://host:port or unix:/path';

let madeWithOptions = 0;

/**
 * Parses `http://host:port`, `https://host:port` or `unix:/path/to.socket`. Throws `CLIENT_ORIGIN_INVALID`.
 *
 * @param tls how to verify an `https://` origin. Default: by the authorities that come with Node
 * @param protocol what it speaks; `auto` without TLS is HTTP/1.1, because only ALPN tells. Default: HTTP/1.1
 */
export function parseOrigin(text: string, tls?: ClientTlsOptions, protocol: OriginProtocol = 'http1'): Origin {
  const origin = parseAddress(text, tls);
  if (protocol === 'http1' || (protocol === 'auto' && origin.tls === null)) return origin;
  return { ...origin, pool: `${origin.pool}#${protocol}`, protocol };
}

function parseAddress(text: string, tls: ClientTlsOptions | undefined): Origin {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    if (!path.startsWith('/')) throw invalid(text, 'expected unix: and an absolute path');
    return { key: text, pool: text, tls: null, address: { path }, host: 'localhost' };
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw invalid(text, usual, error);
  }
  const isSecure = url.protocol === 'https:';
  if (!isSecure && url.protocol !== 'http:')
    throw invalid(text, text.includes('://') ? `${url.protocol}// is not supported, expected http://` : usual);
  if (url.username !== '' || url.password !== '') throw invalid(text, 'credentials do not belong here');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw invalid(text, 'a path does not belong here');
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const key = url.origin;
  const pool = isSecure && tls !== undefined ? `${key}#${++madeWithOptions}` : key;
  return { key, pool, tls: isSecure ? createClientTls(tls) : null, address: { host, port }, host: url.host };
}

/** An address as people write it: `localhost:3000` is a URL of the scheme `localhost:`. */
function guess(text: string): string {
  const isAddress = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(text) && URL.canParse(`http://${text}`);
  return isAddress ? `. Did you mean "http://${text}"?` : '';
}

function invalid(text: string, why: string, cause?: unknown): ClientError {
  return new ClientError('CLIENT_ORIGIN_INVALID', `${why}, got ${JSON.stringify(text)}${guess(text)}`, cause);
}

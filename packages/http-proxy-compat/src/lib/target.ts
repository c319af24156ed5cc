import { type Origin, parseOrigin } from '@windhover/http-client';
import { httpProxyError } from './errors.ts';
import type { ProxyTarget, ServerOptions, TargetParts } from './server-options.ts';

/** A target, parsed. */
export interface Target {
  readonly origin: Origin;
  /** `http:` or `https:`. */
  readonly protocol: string;
  /** The host, with its port if that is not the usual one of the protocol. */
  readonly host: string;
  /** Its own path and query. */
  readonly path: string;
}

/** Parses a target. Throws `HTTP_PROXY_TARGET_INVALID`. */
export function parseTarget(target: ProxyTarget, options: ServerOptions): Target {
  const parts = typeof target === 'object' && !(target instanceof URL) ? target : {};
  const { socketPath } = parts;
  if (socketPath !== undefined)
    return { origin: parseOrigin(`unix:${socketPath}`), protocol: 'http:', host: 'localhost', path: parts.path ?? '' };
  const text = typeof target === 'string' ? target : target instanceof URL ? target.href : addressOf(parts);
  let url: URL;
  try {
    url = new URL(text.replace(/^ws/i, 'http'));
  } catch {
    throw httpProxyError('HTTP_PROXY_TARGET_INVALID', text);
  }
  const isSecure = url.protocol === 'https:';
  const origin = parseOrigin(url.origin, isSecure ? tlsOf(parts, options) : undefined);
  return { origin, protocol: url.protocol, host: url.host, path: url.pathname + url.search };
}

function addressOf({ protocol = 'http:', host, hostname, port, path, pathname = '' }: TargetParts): string {
  const name = hostname ?? host ?? 'localhost';
  const at = port === undefined || /:\d+$/.test(name) ? '' : `:${port}`;
  return `${protocol.replace(/:?(?:\/\/)?$/, '')}://${name}${at}${path ?? pathname}`;
}

function tlsOf(parts: TargetParts, options: ServerOptions): object {
  const { ssl = {}, secure } = options;
  const ca = parts.ca ?? options.ca ?? ssl.ca;
  const cert = parts.cert ?? ssl.cert;
  const key = parts.key ?? ssl.key;
  return {
    ...(secure === false ? { verify: 'insecure-no-verification' } : {}),
    ...(ca === undefined ? {} : { ca: String(ca) }),
    ...(cert === undefined || key === undefined ? {} : { cert: String(cert), key: String(key) }),
  };
}

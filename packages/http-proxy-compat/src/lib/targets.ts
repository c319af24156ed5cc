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

type TlsOptions = NonNullable<Parameters<typeof parseOrigin>[1]>;

/** Programs that choose a target for each request may name any number of them. */
const maxOrigins = 1000;

/** The targets of a proxy. Requests with the same target and TLS options share connections and TLS sessions. */
export class Targets {
  private readonly origins = new Map<string, Origin>();

  /** Parses a target. Throws `HTTP_PROXY_TARGET_INVALID`. */
  parse(target: ProxyTarget, options: ServerOptions): Target {
    if (typeof target !== 'string' && typeof target !== 'object') throw invalid(target);
    const parts = typeof target === 'object' && !(target instanceof URL) ? target : {};
    const { socketPath } = parts;
    if (socketPath !== undefined) {
      const origin = this.originOf(`unix:${socketPath}`, undefined, target);
      return { origin, protocol: 'http:', host: 'localhost', path: parts.path ?? '' };
    }
    const text = typeof target === 'string' ? target : target instanceof URL ? target.href : addressOf(parts);
    if (!URL.canParse(text)) throw invalid(target);
    const url = new URL(text.replace(/^ws/i, 'http'));
    if (url.host === '') throw invalid(target);
    const tls = url.protocol === 'https:' ? tlsOf(parts, options) : undefined;
    const origin = this.originOf(`${url.protocol}//${url.host}`, tls, target);
    return { origin, protocol: url.protocol, host: url.host, path: url.pathname + url.search };
  }

  private originOf(address: string, tls: TlsOptions | undefined, target: ProxyTarget): Origin {
    const key = tls === undefined ? address : `${address} ${JSON.stringify(tls)}`;
    let origin = this.origins.get(key);
    if (origin === undefined) {
      origin = parsedOrigin(address, tls, target);
      if (this.origins.size >= maxOrigins) this.origins.clear();
      this.origins.set(key, origin);
    }
    return origin;
  }
}

function parsedOrigin(address: string, tls: TlsOptions | undefined, target: ProxyTarget): Origin {
  try {
    return parseOrigin(address, tls);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CLIENT_ORIGIN_INVALID') throw invalid(target, error);
    throw error;
  }
}

function invalid(target: ProxyTarget, cause?: unknown): Error {
  const isParts = typeof target === 'object' && !(target instanceof URL);
  const shown = isParts ? addressOf(target) : String(target);
  return httpProxyError('HTTP_PROXY_TARGET_INVALID', shown, cause);
}

function addressOf({ protocol = 'http:', host, hostname, port, path, pathname = '' }: TargetParts): string {
  const name = hostname ?? host ?? 'localhost';
  const at = port === undefined || /:\d+$/.test(name) ? '' : `:${port}`;
  return `${protocol.replace(/:?(?:\/\/)?$/, '')}://${name}${at}${path ?? pathname}`;
}

/** How an `https:` target is verified; `undefined`: as usual. */
function tlsOf(parts: TargetParts, options: ServerOptions): TlsOptions | undefined {
  const { ssl = {}, secure } = options;
  const ca = parts.ca ?? options.ca ?? ssl.ca;
  const cert = parts.cert ?? ssl.cert;
  const key = parts.key ?? ssl.key;
  const tls = {
    ...(secure === false ? { verify: 'insecure-no-verification' as const } : {}),
    ...(ca === undefined ? {} : { ca: String(ca) }),
    ...(cert === undefined || key === undefined ? {} : { cert: String(cert), key: String(key) }),
  };
  return Object.keys(tls).length === 0 ? undefined : tls;
}

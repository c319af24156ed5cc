import { type Channel, type Clock, canonicalPath, type Handler, type HttpContext, type Logger } from '@windhover/core';
import {
  ClientError,
  type ClientResponse,
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type Origin,
  parseOrigin,
} from '@windhover/http-client';
import { endToEnd } from './hop-by-hop.ts';
import { proxyError, toProxyError } from './proxy-error.ts';
import { type SpliceOptions, spliceChannels } from './splice-channels.ts';
import { toUpstreamRequest } from './upstream-request.ts';

/** How a proxy forwards. */
export interface ReverseProxyOptions extends HttpClientOptions {
  /** The Host that upstreams see: the one the client asked for, or the upstream's own. Default: `client`, so that links and cookies fit. */
  readonly host?: 'client' | 'upstream';
  /** Leading segments to take off the path, `/api` for instance. Default: none. */
  readonly stripPrefix?: string;
  /** Hears when an upstream cannot be reached any more, and when it is back. Default: nobody. */
  readonly log?: Logger;
  /**
   * Milliseconds in which an upgraded connection may be silent both ways; `null`: no limit. Default: 3,600,000, an hour, as Envoy's for
   * TCP: long enough for a WebSocket without pings of its own, and a peer that vanished does not hold two sockets for ever.
   */
  readonly tunnelIdleMs?: number | null;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Shares connections with other proxies. Default: a client of its own, which `close()` closes. */
  readonly client?: HttpClient;
}

/** A handler that can be let go of. */
export interface ReverseProxy extends Handler<HttpContext> {
  /** Closes its connections to the upstreams. */
  close(): void;
}

/**
 * Forwards requests to `upstreams`, each in turn: `http://host:port` or `unix:/path`. One that cannot be reached is passed over.
 * Bodies stream both ways, a client that goes away is gone for the upstream too, upgrades become tunnels. Throws for an upstream
 * or prefix that is not valid.
 */
export function reverseProxy(upstreams: string | readonly string[], options: ReverseProxyOptions = {}): ReverseProxy {
  const origins = (typeof upstreams === 'string' ? [upstreams] : upstreams).map(parseOrigin);
  if (origins.length === 0) throw proxyError('PROXY_NO_UPSTREAM');
  const client = options.client ?? createHttpClient(options);
  const { wheel } = client;
  const splice = { idleMs: options.tunnelIdleMs === undefined ? 3_600_000 : options.tunnelIdleMs, wheel };
  const requestOptions = {
    host: options.host ?? 'client',
    stripPrefix: options.stripPrefix === undefined ? null : canonicalPath(options.stripPrefix).replace(/\/$/, ''),
  } as const;
  const unreachable = new Set<Origin>();
  let turn = 0;

  async function proxy(context: HttpContext): Promise<void> {
    const { method } = context.request;
    if (method === 'CONNECT' || method === 'TRACE') throw proxyError('PROXY_METHOD');
    const first = turn++ % origins.length;
    const request = toUpstreamRequest(context, requestOptions);
    for (let attempt = 0; ; attempt++) {
      const origin = origins[(first + attempt) % origins.length] as Origin;
      const exchange = client.request(origin, request);
      context.onAbort((reason) => exchange.abort(reason));
      try {
        const response = await exchange.response;
        if (unreachable.delete(origin)) options.log?.info('An upstream is back', { upstream: origin.key });
        answer(context, response, splice);
        return;
      } catch (error) {
        const isUnsent = ClientError.is(error) && error.stage === 'connect';
        if (isUnsent && !unreachable.has(origin)) {
          unreachable.add(origin);
          options.log?.warn('An upstream cannot be reached', { upstream: origin.key, error });
        }
        if (!isUnsent || attempt === origins.length - 1) throw toProxyError(error);
      }
    }
  }

  return Object.assign(proxy, {
    close: () => {
      if (options.client === undefined) client.close();
    },
  });
}

function answer(context: HttpContext, upstream: ClientResponse, splice: SpliceOptions): void {
  const { response } = context;
  const { channel } = upstream;
  response.status = upstream.status;
  response.headers.assign(endToEnd(upstream.headers));
  if (channel !== null) tunnel(context, channel, splice);
  else {
    response.declaredLength = upstream.declaredLength;
    const isUnknown = context.request.method === 'HEAD' && upstream.declaredLength === null;
    response.body = isUnknown ? unknownBody() : upstream.body;
  }
}

async function* unknownBody(): AsyncGenerator<Uint8Array> {
  // For a HEAD that announces no length: empty bytes would announce 0.
}

function tunnel(context: HttpContext, upstream: Channel, splice: SpliceOptions): void {
  let isJoined = false;
  context.response.upgrade = (client) => {
    isJoined = true;
    spliceChannels(client, upstream, splice);
  };
  context.onSent(() => {
    if (!isJoined) upstream.destroy();
  });
}

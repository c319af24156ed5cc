import { type Clock, canonicalPath, type Handler, type HttpContext, type Logger } from '@windhover/core';
import {
  ClientError,
  type ClientRequest,
  type ClientResponse,
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  parseOrigin,
} from '@windhover/http-client';
import { checkProxyOptions } from './check-options.ts';
import { nextMaxForwards } from './max-forwards.ts';
import { passAnswer } from './pass-answer.ts';
import { proxyError, toProxyError } from './proxy-error.ts';
import { Upstream } from './upstream.ts';
import { chooseUpstream } from './upstream-choice.ts';
import { toUpstreamRequest } from './upstream-request.ts';
import type { ForwardedSpelling } from './upstream-target.ts';

/** How a proxy forwards. */
export interface ReverseProxyOptions extends HttpClientOptions {
  /** The Host that upstreams see: the one the client asked for, or the upstream's own. Default: `client`, so that links and cookies fit. */
  readonly host?: 'client' | 'upstream';
  /** Leading segments to take off the path, `/api` for instance. Default: none. */
  readonly stripPrefix?: string;
  /**
   * How the path is spelled to the upstream. `as-sent` keeps what the client sent, `%2B` for instance, as object stores need it, unless
   * the request was rewritten. Its risk: the upstream may read that spelling as another path than your rules matched. Default:
   * `canonical`, the path that rules matched.
   */
  readonly forward?: ForwardedSpelling;
  /**
   * Bytes of the body of an idempotent request (PUT, DELETE) that are kept, so that it can be sent again when a kept connection turns out
   * to be closed; 0: none. Default: 65,536: forms and JSON fit, and a thousand uploads at once hold 64 MB at most.
   */
  readonly keepBodyBytes?: number;
  /**
   * Milliseconds in which an upgraded connection may be silent both ways; `null`: no limit. Default: 3,600,000, an hour, as Envoy's for
   * TCP: long enough for a WebSocket without pings of its own, and a peer that vanished does not hold two sockets for ever.
   */
  readonly tunnelIdleMs?: number | null;
  /**
   * Milliseconds in which an upstream that could not be reached is passed over, while there is another; then one request tries it.
   * Default: 10,000, as nginx's `fail_timeout`: a connection that is not answered costs a request up to three seconds.
   */
  readonly restMs?: number;
  /** Hears when an upstream cannot be reached any more, and when it is back. Default: nobody, but the server logs the first request that fails. */
  readonly log?: Logger;
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
 * Forwards requests to `upstreams`, each in turn: `http://host:port` or `unix:/path`. One that cannot be reached rests for
 * `restMs`, then one request tries it again. Bodies stream both ways, a client that goes away is gone for the upstream too, upgrades become
 * tunnels. Throws `PROXY_OPTION_INVALID`, and for an upstream or prefix that is not valid.
 */
export function reverseProxy(upstreams: string | readonly string[], options: ReverseProxyOptions = {}): ReverseProxy {
  checkProxyOptions(options);
  const { host = 'client', stripPrefix, forward = 'canonical', keepBodyBytes = 65_536, ...others } = options;
  const { tunnelIdleMs = 3_600_000, restMs = 10_000, log, client: given, ...clientOptions } = others;
  const list = (typeof upstreams === 'string' ? [upstreams] : upstreams).map(
    (text) => new Upstream(parseOrigin(text), restMs, log),
  );
  if (list.length === 0) throw proxyError('PROXY_NO_UPSTREAM');
  const client = given ?? createHttpClient(clientOptions);
  const { wheel } = client;
  const splice = { idleMs: tunnelIdleMs, wheel };
  const requestOptions = {
    host,
    stripPrefix: stripPrefix === undefined ? null : canonicalPath(stripPrefix).replace(/\/$/, ''),
    forward,
    keepBodyBytes,
  };
  let turn = 0;

  async function proxy(context: HttpContext): Promise<void> {
    const { method, headers } = context.request;
    if (method === 'CONNECT' || method === 'TRACE') throw proxyError('PROXY_METHOD');
    const maxForwards = method === 'OPTIONS' ? nextMaxForwards(method, headers.get('max-forwards')) : null;
    if (maxForwards === -1) context.response.status = 204;
    else passAnswer(context, await ask(context, toUpstreamRequest(context, requestOptions, maxForwards)), splice);
  }

  /** Asks one upstream after the other until one is reached. Returns the failure when none is and the log has heard of each, else throws it. */
  async function ask(context: HttpContext, request: ClientRequest): Promise<ClientResponse | ClientError> {
    const first = turn++ % list.length;
    const tried: Upstream[] = [];
    let isNews = false;
    for (;;) {
      const now = wheel.now;
      const upstream = list[chooseUpstream(list, first, now, tried)]!;
      const wasResting = upstream.restsUntil > now;
      upstream.tried(now);
      const exchange = client.request(upstream.origin, request);
      context.onAbort((reason) => exchange.abort(reason));
      try {
        const response = await exchange.response;
        upstream.reached();
        return response;
      } catch (error) {
        if (!ClientError.is(error) || error.stage !== 'connect') {
          if (ClientError.is(error) && error.stage.startsWith('response')) upstream.reached();
          throw toProxyError(error);
        }
        isNews ||= !upstream.isDown;
        upstream.notReached(wheel.now, error);
        tried.push(upstream);
        if (!wasResting && tried.length < list.length) continue;
        // What is thrown is logged by the server, which the proxy's own log has been told already.
        if (isNews && log === undefined) throw toProxyError(error);
        return error;
      }
    }
  }

  return Object.assign(proxy, {
    close: () => {
      if (given === undefined) client.close();
    },
  });
}

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
import { Report, upstreamFailure, upstreamKey } from './upstream-report.ts';
import { toUpstreamRequest } from './upstream-request.ts';
import type { ForwardedSpelling } from './upstream-target.ts';

/** Options of `reverseProxy`. */
export interface ReverseProxyOptions extends HttpClientOptions {
  /** The name of the upstreams in logs and metrics. Default: the address of the upstream that was tried. */
  readonly name?: string;
  /**
   * The Host field for upstreams: the one the client sent, or the upstream's own. Default: `client`, so that links and
   * cookies fit.
   */
  readonly host?: 'client' | 'upstream';
  /** Leading path segments to remove, for example `/api`. Default: none. */
  readonly stripPrefix?: string;
  /**
   * The spelling of the path for the upstream. `as-sent` keeps the client's spelling, for example `%2B`, which object
   * stores need, unless the request was rewritten. Its risk: the upstream may read that spelling as another path than
   * the one your rules matched. Default: `canonical`, the path that rules matched.
   */
  readonly forward?: ForwardedSpelling;
  /**
   * How many bytes of the body of an idempotent request (PUT, DELETE) are kept, so that it can be sent again when a
   * kept connection turns out to be closed; 0: none. Default: 65,536: forms and JSON fit, and a thousand uploads at
   * once hold 64 MB at most.
   */
  readonly keepBodyBytes?: number;
  /**
   * Milliseconds for which an upgraded connection may be silent in both directions; `null`: no limit. Default:
   * 3,600,000, an hour, as in Envoy for TCP: long enough for a WebSocket without pings, but a vanished peer does not
   * hold two sockets for ever.
   */
  readonly tunnelIdleMs?: number | null;
  /**
   * Milliseconds for which an unreachable upstream is skipped, if there is another one; then one request tries it
   * again. Default: 10,000, as nginx's `fail_timeout`: an unanswered connection attempt costs a request up to three
   * seconds.
   */
  readonly restMs?: number;
  /**
   * Log for upstreams that become unreachable, or reachable again. Default: none; the server then logs the first failed
   * request.
   */
  readonly log?: Logger;
  /** Is called when an upstream becomes unreachable, and when it is back, with its address. Default: nobody is told. */
  readonly onUpstream?: (address: string, isUp: boolean) => void;
  /** The clock. Default: the system's. */
  readonly clock?: Clock;
  /** A client to share connections with other proxies. Default: a client of its own, which `close()` closes. */
  readonly client?: HttpClient;
}

/** A proxy handler that can be closed. */
export interface ReverseProxy extends Handler<HttpContext> {
  /** The addresses of the upstreams, as `onUpstream` names them. */
  readonly upstreams: readonly string[];
  /** Closes its connections to the upstreams. */
  close(): void;
}

/**
 * Forwards requests to `upstreams` (`http://host:port` or `unix:/path`) in turn. An unreachable one is skipped for
 * `restMs`, then one request tries it again. Bodies stream in both directions; if the client goes away, the upstream
 * request is aborted; upgrades become tunnels. Throws `PROXY_OPTION_INVALID`, and an error for an invalid upstream or
 * prefix.
 */
export function reverseProxy(upstreams: string | readonly string[], options: ReverseProxyOptions = {}): ReverseProxy {
  checkProxyOptions(options);
  const { host = 'client', stripPrefix, forward = 'canonical', keepBodyBytes = 65_536, ...others } = options;
  const { name, tunnelIdleMs = 3_600_000, restMs = 10_000, log, onUpstream, client: given, ...clientOptions } = others;
  const list = (typeof upstreams === 'string' ? [upstreams] : upstreams).map(
    (text) => new Upstream(parseOrigin(text), restMs, log, onUpstream),
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

  /**
   * Tries upstreams until one is reached. If none is: returns the last failure if it has been logged already, otherwise
   * throws it.
   */
  async function ask(context: HttpContext, request: ClientRequest): Promise<ClientResponse | ClientError> {
    const first = turn++ % list.length;
    const report = new Report(name ?? null);
    context.set(upstreamKey, report);
    const tried: Upstream[] = [];
    let isNews = false;
    for (;;) {
      const now = wheel.now;
      const upstream = list[chooseUpstream(list, first, now, tried)]!;
      const wasResting = upstream.restsUntil > now;
      upstream.tried(now);
      const exchange = client.request(upstream.origin, request);
      report.begin(upstream.origin.key, exchange, now);
      context.onAbort((reason) => exchange.abort(reason));
      try {
        const response = await exchange.response;
        report.headAt = wheel.now;
        upstream.reached();
        return response;
      } catch (error) {
        report.failure = upstreamFailure(error);
        if (!ClientError.is(error) || error.stage !== 'connect') {
          if (ClientError.is(error) && error.stage.startsWith('response')) upstream.reached();
          throw toProxyError(error);
        }
        isNews ||= !upstream.isDown;
        upstream.notReached(wheel.now, error);
        tried.push(upstream);
        if (!wasResting && tried.length < list.length) continue;
        // The server logs what is thrown; with a log of its own, the proxy has already reported the failure.
        if (isNews && log === undefined) throw toProxyError(error);
        return error;
      }
    }
  }

  return Object.assign(proxy, {
    upstreams: list.map(({ origin }) => origin.key),
    close: () => {
      if (given === undefined) client.close();
    },
  });
}

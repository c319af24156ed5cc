import type { Clock, Logger, Middleware } from '@windhover/core';
import type { HttpClient, HttpClientOptions } from '@windhover/http-client';
import type { ForwardedFields } from './forwarding.ts';
import type { HeaderChanges } from './header-changes.ts';
import type { ProxyAttempt } from './proxy-attempt.ts';
import type { CookieRules } from './rewrite-cookie.ts';
import type { UpstreamHost } from './upstream-host.ts';
import type { ForwardedSpelling } from './upstream-target.ts';

/** Options of `reverseProxy`. */
export interface ReverseProxyOptions extends HttpClientOptions {
  /** The name of the upstreams in logs and metrics. Default: the address of the upstream that was tried. */
  readonly name?: string;
  /**
   * The Host field for upstreams: the one the client sent, the upstream's own, or always the same, such as
   * `shop.internal`. Default: `client`, so that links and cookies fit.
   */
  readonly host?: UpstreamHost;
  /** Leading path segments to remove, for example `/api`. Default: none. */
  readonly stripPrefix?: string;
  /**
   * The spelling of the path for the upstream. `as-sent` keeps the client's spelling, for example `%2B`, which object
   * stores need, unless the request was rewritten. Its risk: the upstream may read that spelling as another path than
   * the one your rules matched. Default: `canonical`, the path that rules matched.
   */
  readonly forward?: ForwardedSpelling;
  /**
   * Which fields tell the upstream about the client: `X-Forwarded-For`, `-Proto` and `-Host`; `Forwarded` (RFC 7239);
   * both; or none. Default: `x-forwarded`.
   */
  readonly forwarded?: ForwardedFields;
  /**
   * The name of this proxy in `Via`, which is added to requests and answers (RFC 9110 §7.6.3). Default: no `Via`,
   * because nginx and IIS do not compress for requests that have one.
   */
  readonly via?: string;
  /** Fields of requests to set or to leave out. Default: none. */
  readonly requestHeaders?: HeaderChanges;
  /** Fields of answers to set or to leave out. Default: none. */
  readonly responseHeaders?: HeaderChanges;
  /** Whether fields are left out that tell what the origin runs: `Server`, `X-Powered-By`, `Via` and the like. Default: false. */
  readonly anonymous?: boolean;
  /**
   * Whether `Location` and `Content-Location` are rewritten where they name the upstream itself, or lack the prefix that
   * was taken off. Default: true.
   */
  readonly rewriteLocation?: boolean;
  /** Changes the attributes of cookies from upstreams. Default: none. */
  readonly cookies?: CookieRules;
  /**
   * How many bytes of the body of an idempotent request (PUT, DELETE), or of any to a server that may speak HTTP/2, are kept,
   * so that it can be sent again when a kept connection turns out to be closed, or was not processed; 0: none. Default: 65,536: forms and JSON fit, and a thousand uploads at
   * once hold 64 MB at most.
   */
  readonly keepBodyBytes?: number;
  /**
   * A request body whose length is known and at most this is read whole before an upstream is chosen, so that slow
   * clients do not hold upstreams. Default: 0, bodies are streamed.
   */
  readonly bufferRequestBytes?: number;
  /**
   * How much of an answer is read ahead of the client, so that slow clients do not hold upstreams. Default: 0, the
   * upstream is read at the client's pace.
   */
  readonly bufferResponseBytes?: number;
  /**
   * Milliseconds for which an upgraded connection may be silent in both directions; `null`: no limit. Default:
   * 3,600,000, an hour, as in Envoy for TCP: long enough for a WebSocket without pings, but a vanished peer does not
   * hold two sockets for ever.
   */
  readonly tunnelIdleMs?: number | null;
  /** Runs around each attempt, the first outermost: to sign requests, or to measure. Default: none. */
  readonly attempt?: readonly Middleware<ProxyAttempt>[];
  /**
   * Milliseconds for which an unreachable upstream is skipped, if there is another one. Default: 10,000. For upstreams
   * made by `createUpstreams`, this and the next two are options of that function.
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

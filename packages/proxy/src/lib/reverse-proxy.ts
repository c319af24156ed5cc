import { compose, type Handler, type HttpContext } from '@windhover/core';
import { createHttpClient } from '@windhover/http-client';
import { checkProxyOptions } from './check-options.ts';
import { Forward } from './forward.ts';
import { nextMaxForwards } from './max-forwards.ts';
import type { ProxyAttempt } from './proxy-attempt.ts';
import { proxyError } from './proxy-error.ts';
import { resolveProxySettings } from './proxy-settings.ts';
import type { ReverseProxyOptions } from './reverse-proxy-options.ts';
import type { ServerList } from './upstream-server.ts';
import { Upstreams } from './upstreams.ts';

/** A proxy handler that can be closed. */
export interface ReverseProxy extends Handler<HttpContext> {
  /** The addresses of the upstreams, as `onUpstream` names them. */
  readonly upstreams: readonly string[];
  /** Closes its connections to the upstreams. */
  close(): void;
}

/**
 * Forwards requests to `upstreams`: addresses (`http://host:port`, `https://host:port` or `unix:/path`) that are taken in
 * turn, servers with more to say about them (`{ url, protocol: 'http2' }`), or what `createUpstreams` returns. An unreachable one is skipped for `restMs`; a request that could not be
 * connected is tried at the next one. Throws `PROXY_OPTION_INVALID`, `PROXY_NO_UPSTREAM`, `CLIENT_ORIGIN_INVALID`,
 * `CLIENT_OPTION_INVALID`.
 */
export function reverseProxy(upstreams: ServerList | Upstreams, options: ReverseProxyOptions = {}): ReverseProxy {
  checkProxyOptions(options);
  const client = options.client ?? createHttpClient(ofClient(options));
  const own = upstreams instanceof Upstreams ? null : new Upstreams(upstreams, ofUpstreams(options), client.wheel);
  const group = own ?? (upstreams as Upstreams);
  const send: Handler<ProxyAttempt> = async (attempt) => {
    attempt.response = await (attempt as Forward).send().response;
  };
  const { attempt = [] } = options;
  const settings = resolveProxySettings(options, client.wheel, attempt.length === 0 ? null : compose(attempt, send));
  const name = options.name ?? group.name;
  const parts = { upstreams: group, client, settings, name, hasLog: group.hasLog };

  function proxy(context: HttpContext): void | Promise<void> {
    const { method, headers, body } = context.request;
    if (method === 'CONNECT' || method === 'TRACE') throw proxyError('PROXY_METHOD');
    const maxForwards = method === 'OPTIONS' ? nextMaxForwards(method, headers.get('max-forwards')) : null;
    if (maxForwards === -1) {
      context.response.status = 204;
      return;
    }
    const { length } = body;
    if (settings.bufferRequestBytes === 0 || length === null || length === 0 || length > settings.bufferRequestBytes)
      return new Forward(context, parts, maxForwards).run();
    return body.bytes().then(() => new Forward(context, parts, maxForwards).run());
  }

  return Object.assign(proxy, {
    upstreams: group.addresses,
    close: () => {
      own?.close();
      if (options.client === undefined) client.close();
    },
  });
}

/** The options of the upstreams that a proxy makes for itself. */
function ofUpstreams({ name, restMs, log, onUpstream }: ReverseProxyOptions): object {
  const own = { name, restMs, log, onUpstream };
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

const clientOptions: readonly string[] = [
  ...['connectTimeoutMs', 'headTimeoutMs', 'bodyTimeoutMs', 'idleTimeoutMs', 'maxIdlePerOrigin', 'clock'],
  ...['pingAfterMs', 'pingTimeoutMs'],
];

function ofClient(options: ReverseProxyOptions): object {
  const given = Object.entries(options).filter(([name]) => clientOptions.includes(name));
  return Object.fromEntries(given);
}

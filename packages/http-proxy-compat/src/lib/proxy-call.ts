import type { IncomingMessage } from 'node:http';
import type { Body } from '@windhover/core';
import type { ClientCall, HttpClient } from '@windhover/http-client';
import { httpProxyError } from './errors.ts';
import { outgoingHeaders } from './outgoing-headers.ts';
import { outgoingPath } from './outgoing-path.ts';
import { ProxyRequest, toTriples } from './proxy-request.ts';
import type { ProxyTarget, ServerOptions } from './server-options.ts';
import { parseTarget, type Target } from './target.ts';

/** A request on its way to a target. */
export class ProxyCall {
  readonly target: Target;
  readonly request: ProxyRequest;
  private readonly client: HttpClient;
  private readonly options: ServerOptions;
  private readonly fields: ReturnType<typeof outgoingHeaders>;
  private call: ClientCall | null = null;
  private abortReason: Error | null = null;

  constructor(client: HttpClient, from: IncomingMessage, to: ProxyTarget, options: ServerOptions) {
    this.client = client;
    this.options = options;
    this.target = parseTarget(to, options);
    this.fields = outgoingHeaders(from, this.target, options);
    const { protocol, host, path } = this.target;
    const facts = {
      method: options.method ?? from.method ?? 'GET',
      path: outgoingPath(from.url ?? '/', path, options),
      protocol,
      host,
    };
    this.request = new ProxyRequest(facts, this.fields, (reason) => this.abort(reason));
  }

  /** Sends it. What a handler of `proxyReq` has written replaces the body. */
  async send(content: Body | undefined, upgrade?: string): Promise<Awaited<ClientCall['response']>> {
    const { request, target } = this;
    if (this.abortReason !== null) throw this.abortReason;
    request.headersSent = true;
    const { host, triples } = toTriples(this.fields);
    const body = request.written.length > 0 ? Buffer.concat(request.written) : content;
    const { proxyTimeout } = this.options;
    const call = this.client.request(target.origin, {
      method: request.method,
      target: request.path,
      fields: triples,
      ...(host === '' ? {} : { host }),
      ...(body === undefined ? {} : { body }),
      ...(upgrade === undefined ? {} : { upgrade }),
      ...(proxyTimeout === undefined ? {} : { headTimeoutMs: proxyTimeout }),
    });
    this.call = call;
    try {
      return await call.response;
    } finally {
      request.settled();
    }
  }

  abort(reason: Error): void {
    this.abortReason = reason;
    this.call?.abort(reason);
  }
}

/** The target of a request. Throws `HTTP_PROXY_TARGET_MISSING` and `HTTP_PROXY_OPTION_UNSUPPORTED`. */
export function checkServerOptions(options: ServerOptions): void {
  if (options.target === undefined && options.forward === undefined)
    throw httpProxyError('HTTP_PROXY_TARGET_MISSING', 'expected target or forward');
  for (const name of ['followRedirects', 'localAddress'] as const)
    if (options[name]) throw httpProxyError('HTTP_PROXY_OPTION_UNSUPPORTED', name);
}

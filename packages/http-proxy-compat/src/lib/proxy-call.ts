import type { IncomingMessage } from 'node:http';
import type { Body } from '@windhover/core';
import type { ClientCall } from '@windhover/http-client';
import { outgoingHeaders } from './outgoing-headers.ts';
import { outgoingPath } from './outgoing-path.ts';
import type { ProxyHost } from './proxy-host.ts';
import { ProxyRequest, toTriples } from './proxy-request.ts';
import type { ProxyTarget, ServerOptions } from './server-options.ts';
import type { Target } from './targets.ts';

/** A request on its way to a target. */
export class ProxyCall {
  readonly target: Target;
  readonly request: ProxyRequest;
  private readonly host: ProxyHost;
  private readonly options: ServerOptions;
  private readonly fields: ReturnType<typeof outgoingHeaders>;
  private call: ClientCall | null = null;
  private abortReason: Error | null = null;

  constructor(host: ProxyHost, from: IncomingMessage, to: ProxyTarget, options: ServerOptions) {
    this.host = host;
    this.options = options;
    this.target = host.targets.parse(to, options);
    this.fields = outgoingHeaders(from, this.target, options);
    const { protocol, path } = this.target;
    const facts = {
      method: options.method ?? from.method ?? 'GET',
      path: outgoingPath(from.url ?? '/', path, options),
      protocol,
      host: this.target.host,
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
    const call = this.host.client.request(target.origin, {
      method: request.method,
      target: request.path,
      fields: triples,
      ...(host === '' ? {} : { host }),
      ...(body === undefined ? {} : { body }),
      ...(upgrade === undefined ? {} : { upgrade }),
      ...(proxyTimeout === undefined ? {} : { headTimeoutMs: proxyTimeout || null }),
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

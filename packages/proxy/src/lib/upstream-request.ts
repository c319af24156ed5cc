import type { HttpContext } from '@windhover/core';
import type { ClientRequest } from '@windhover/http-client';
import { forwardingFields, isForwardingName } from './forwarding.ts';
import { endToEnd, hopByHopNames } from './hop-by-hop.ts';

/** What of a request's way on is a matter of choice. */
export interface UpstreamRequestOptions {
  readonly host: 'client' | 'upstream';
  readonly stripPrefix: string | null;
}

/** The request as the upstream gets it: the canonical target, end-to-end headers, and our word on who the client is. */
export function toUpstreamRequest(context: HttpContext, options: UpstreamRequestOptions): ClientRequest {
  const { request, client } = context;
  const { headers } = request;
  const dropped = hopByHopNames(headers);
  const fields: string[] = [];
  const received = headers.fields;
  for (let index = 0; index < received.length; index += 3) {
    const name = received[index]!;
    if (name === 'host' || name === 'expect' || dropped.has(name) || isForwardingName(name)) continue;
    fields.push(name, received[index + 1]!, received[index + 2]!);
  }
  fields.push(...forwardingFields(client));
  const hasBody = request.body.length !== 0;
  const host = request.port === null ? request.host : `${request.host}:${request.port}`;
  return {
    method: request.method,
    target: stripPrefix(request.url, options.stripPrefix),
    fields,
    ...(options.host === 'client' && request.host !== '' ? { host } : {}),
    ...(hasBody ? { body: request.body } : {}),
    ...(request.upgrade === null ? {} : { upgrade: firstOf(request.upgrade) }),
    onInform: (status, interim) => {
      if (status === 103) context.inform(status, endToEnd(interim));
    },
  };
}

/** The server's 101 names the first protocol that the client offers, so no other is offered to the upstream. */
function firstOf(protocols: string): string {
  return protocols.split(',', 1)[0]!.trim();
}

/** Takes whole segments off the front: `/api` of `/api/users`, not of `/apiary`. */
function stripPrefix(url: string, prefix: string | null): string {
  if (prefix === null || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}

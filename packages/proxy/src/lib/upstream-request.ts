import type { HttpContext } from '@windhover/core';
import { type ClientRequest, isIdempotent } from '@windhover/http-client';
import { isBarredFromRequest } from './barred-names.ts';
import { forwardingFields } from './forwarding.ts';
import { endToEnd, nominatedNames } from './hop-by-hop.ts';
import { type ForwardedSpelling, upstreamTarget } from './upstream-target.ts';

/** Options for building the upstream request. */
export interface UpstreamRequestOptions {
  readonly host: 'client' | 'upstream';
  readonly stripPrefix: string | null;
  readonly forward: ForwardedSpelling;
  /** How many bytes of a body are kept for a second attempt. */
  readonly keepBodyBytes: number;
}

/**
 * Builds the request for the upstream: the target, the end-to-end headers, and the forwarding fields about the client.
 *
 * @param maxForwards the new Max-Forwards value; `null` keeps the client's field
 */
export function toUpstreamRequest(
  context: HttpContext,
  options: UpstreamRequestOptions,
  maxForwards: number | null,
): ClientRequest {
  const { request } = context;
  const { method } = request;
  const nominated = nominatedNames(request.headers);
  const hasBody = request.body.length !== 0;
  if (hasBody && options.keepBodyBytes > 0 && isIdempotent(method)) request.body.keep(options.keepBodyBytes);
  const host = request.port === null ? request.host : `${request.host}:${request.port}`;
  return {
    method,
    target: upstreamTarget(request, options.stripPrefix, options.forward),
    fields: fieldsFor(context, nominated, maxForwards),
    ...(options.host === 'client' && request.host !== '' ? { host } : {}),
    ...(hasBody ? { body: request.body, isTrailerBarred: trailerRule(nominated) } : {}),
    ...(request.upgrade === null ? {} : { upgrade: firstOf(request.upgrade) }),
    onInform: (status, interim) => {
      // The server alone answers Expect, and the upstream did not get that field.
      if (status !== 100) context.inform(status, endToEnd(interim));
    },
  };
}

function fieldsFor(
  context: HttpContext,
  nominated: ReadonlySet<string> | null,
  maxForwards: number | null,
): readonly string[] {
  const received = context.request.headers.fields;
  const fields = forwardingFields(context.client);
  for (let index = 0; index < received.length; index += 3) {
    const name = received[index]!;
    if (isBarredFromRequest(name) || nominated?.has(name) === true) continue;
    const value = maxForwards !== null && name === 'max-forwards' ? String(maxForwards) : received[index + 1]!;
    fields.push(name, value, received[index + 2]!);
  }
  return fields;
}

/** Trailers must not carry fields that are barred as headers. */
function trailerRule(nominated: ReadonlySet<string> | null): (name: string) => boolean {
  if (nominated === null) return isBarredFromRequest;
  return (name) => isBarredFromRequest(name) || nominated.has(name);
}

/** The server's 101 names the first protocol that the client offers, so only that one is offered to the upstream. */
function firstOf(protocols: string): string {
  return protocols.split(',', 1)[0]!.trim();
}

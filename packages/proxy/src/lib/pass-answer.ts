import { type Channel, type HttpContext, setAnswerFields } from '@windhover/core';
import type { ClientResponse, Origin } from '@windhover/http-client';
import { BufferedBody } from './buffered-body.ts';
import { hostAndPort } from './forwarding.ts';
import { endToEnd, nominatedNames } from './hop-by-hop.ts';
import type { ProxySettings } from './proxy-settings.ts';
import { rewriteCookie } from './rewrite-cookie.ts';
import { rewriteLocation } from './rewrite-location.ts';
import { type SpliceOptions, spliceChannels } from './splice-channels.ts';
import { withoutNominated } from './without-nominated.ts';

/**
 * Turns the answer of an upstream into the response.
 *
 * @param httpVersion in which it came
 */
export function passAnswer(
  context: HttpContext,
  upstream: ClientResponse,
  settings: ProxySettings,
  origin: Origin,
  httpVersion: string,
): void {
  const { response } = context;
  const { channel, declaredLength, headers } = upstream;
  const nominated = nominatedNames(headers);
  const fields = endToEnd(headers, nominated);
  response.status = upstream.status;
  changeFields(context, fields.fields as string[], settings, origin);
  // Both lists are valid, and neither has a framing field. Usually the response has no fields yet.
  if (response.headers.size === 0) response.headers.adopt(fields.fields as string[]);
  else setAnswerFields(response.headers, fields);
  // RFC 9110 §15.5.22: a 426 names the protocols that it asks for. An upgrade to them is tunnelled.
  const asked = upstream.status === 426 ? headers.get('upgrade') : undefined;
  if (asked !== undefined) response.headers.set('Upgrade', asked);
  changeHeaders(context, settings, httpVersion);
  if (channel !== null) {
    tunnel(context, channel, settings.splice);
    return;
  }
  const isHead = context.request.method === 'HEAD';
  if (isHead && declaredLength === null) response.body = unknownBody();
  else if (upstream.body instanceof Uint8Array) response.body = upstream.body;
  else {
    const body = nominated === null ? upstream.body : withoutNominated(upstream.body, nominated);
    const { bufferResponseBytes } = settings;
    response.body = bufferResponseBytes === 0 ? body : new BufferedBody(body, bufferResponseBytes);
  }
  // Other bodies know their own length, and a middleware may replace them by one of another length.
  if (isHead || upstream.status === 304) response.declaredLength = declaredLength;
}

/** Rewrites the values that name places: they are true for the upstream, and the client sees others. */
function changeFields(context: HttpContext, fields: string[], settings: ProxySettings, origin: Origin): void {
  const { rewritesLocation, cookies } = settings;
  if (!rewritesLocation && cookies === null) return;
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    if (rewritesLocation && (name === 'location' || name === 'content-location'))
      fields[index + 1] = locationFor(context, fields[index + 1]!, settings, origin);
    else if (cookies !== null && name === 'set-cookie') fields[index + 1] = rewriteCookie(fields[index + 1]!, cookies);
  }
}

function locationFor({ client }: HttpContext, value: string, settings: ProxySettings, origin: Origin): string {
  const scheme = origin.tls === null ? 'http' : 'https';
  const { fixedHost } = settings;
  return rewriteLocation(value, {
    origins: [
      `${scheme}://${origin.host}`,
      ...(fixedHost === null ? [] : [`http://${fixedHost}`, `https://${fixedHost}`]),
    ],
    publicOrigin: client.host === '' ? '' : `${client.scheme}://${hostAndPort(client)}`,
    prefix: settings.stripPrefix,
  });
}

function changeHeaders({ response }: HttpContext, { responseChanges, via }: ProxySettings, httpVersion: string): void {
  const { headers } = response;
  if (via !== null) {
    const before = headers.get('via');
    headers.set('Via', `${before === undefined ? '' : `${before}, `}${httpVersion} ${via}`);
  }
  if (responseChanges === null) return;
  for (const name of responseChanges.without) headers.delete(name);
  const { fields } = responseChanges;
  for (let index = 0; index < fields.length; index += 3) headers.append(fields[index + 2]!, fields[index + 1]!);
}

async function* unknownBody(): AsyncGenerator<Uint8Array> {
  // For a HEAD without a known length: empty bytes would announce a length of 0.
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

import { type Channel, type HttpContext, setAnswerFields } from '@windhover/core';
import { ClientError, type ClientResponse } from '@windhover/http-client';
import { endToEnd, nominatedNames } from './hop-by-hop.ts';
import { toProxyError } from './proxy-error.ts';
import { type SpliceOptions, spliceChannels } from './splice-channels.ts';
import { withoutNominated } from './without-nominated.ts';

/**
 * Turns the answer of an upstream into the response. A failure that was already logged only sets its status: a thrown
 * error would be logged by the server, and an upstream that is down would fill the log with one line per request.
 */
export function passAnswer(context: HttpContext, upstream: ClientResponse | ClientError, splice: SpliceOptions): void {
  const { response } = context;
  if (ClientError.is(upstream)) {
    response.status = toProxyError(upstream).status;
    return;
  }
  const { channel, declaredLength, headers } = upstream;
  const nominated = nominatedNames(headers);
  response.status = upstream.status;
  setAnswerFields(response.headers, endToEnd(headers, nominated));
  // RFC 9110 §15.5.22: a 426 names the protocols that it asks for. An upgrade to them is tunnelled.
  const asked = upstream.status === 426 ? headers.get('upgrade') : undefined;
  if (asked !== undefined) response.headers.set('Upgrade', asked);
  if (channel !== null) {
    tunnel(context, channel, splice);
    return;
  }
  const isHead = context.request.method === 'HEAD';
  if (isHead && declaredLength === null) response.body = unknownBody();
  else if (nominated === null || upstream.body instanceof Uint8Array) response.body = upstream.body;
  else response.body = withoutNominated(upstream.body, nominated);
  // Other bodies know their own length, and a middleware may replace them by one of another length.
  if (isHead || upstream.status === 304) response.declaredLength = declaredLength;
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

import { after, type HttpContext, type Middleware, toPushBody } from '@windhover/core';
import { anyText } from '@windhover/options';
import { MappedBody, TextReplacer } from '@windhover/rewrite';
import { headersError } from './errors.ts';
import { nonceKey } from './nonce.ts';

/**
 * Writes the nonce of the answer into HTML pages, in place of a text: `<script nonce="__nonce__">`. Place it inside of
 * `securityHeaders` and of compression. Such a page is marked `private`: no cache may give it to somebody else. Throws
 * `HEADERS_OPTION_INVALID` when it is created.
 *
 * @param placeholder a text that stands nowhere else in the pages. Nobody else may write it into them
 */
export function insertNonce(placeholder: string): Middleware<HttpContext> {
  const fault = anyText.fault(placeholder, 'placeholder');
  if (fault !== null) throw headersError('HEADERS_OPTION_INVALID', `insertNonce(): ${fault}`);
  const find = Buffer.from(placeholder, 'utf8').toString('latin1');
  return function insertNonce(context, next) {
    return after(next, context, (error) => {
      if (error === undefined) insert(context, find);
    });
  };
}

function insert(context: HttpContext, find: string): void {
  const { response } = context;
  const nonce = context.get(nonceKey);
  const { headers } = response;
  const isPage = /^text\/html\b/i.test(headers.get('content-type') ?? '') && !headers.has('content-encoding');
  if (nonce === undefined || !isPage || response.body === null || response.status === 206) return;
  response.body = new MappedBody(toPushBody(response.takeBody()), new TextReplacer([{ find, to: nonce }]));
  response.declaredLength = null;
  for (const name of [
    'etag',
    'last-modified',
    'accept-ranges',
    'content-md5',
    'content-digest',
    'repr-digest',
    'digest',
  ])
    headers.delete(name); // a page with an old nonce must not be taken for current
  const cacheControl = headers.get('cache-control');
  if (cacheControl === undefined) headers.set('Cache-Control', 'private');
  else if (!/\b(?:private|no-store)\b/i.test(cacheControl))
    headers.set('Cache-Control', `private, ${cacheControl.replace(/\bpublic\b\s*,?\s*/i, '')}`.replace(/,\s*$/, ''));
}

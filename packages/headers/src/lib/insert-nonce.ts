import { after, type HttpContext, type Middleware, toPushBody } from '@windhover/core';
import { anyText } from '@windhover/options';
import { MappedBody, TextReplacer } from '@windhover/rewrite';
import { headersError } from './errors.ts';
import { nonceKey } from './nonce.ts';
import { isPage, markPrivate } from './private-pages.ts';

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
  if (nonce === undefined || !isPage(headers) || headers.has('content-encoding') || response.status === 206) return;
  for (const name of ['etag', 'last-modified', ...ofBytes]) headers.delete(name); // a page with an old nonce is not current
  response.declaredLength = null;
  markPrivate(response);
  if (response.body === null) return;
  const changed = new MappedBody(toPushBody(response.takeBody()), new TextReplacer([{ find, to: nonce }]));
  response.body = changed; // of a HEAD too: its length is not known
}

/** Fields that tell of the bytes as they were. */
const ofBytes = ['accept-ranges', 'content-md5', 'content-digest', 'repr-digest', 'digest'];

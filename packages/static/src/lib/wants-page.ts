import type { HttpRequest } from '@windhover/core';
import { parseAccept } from '@windhover/http-semantics';
import mime from 'mime';

/**
 * Whether a request for a missing file asks for a page of a single-page application, and not for a missing asset:
 * - its last name has no extension that is known: `/users/7`, but not `/app.js`
 * - `Accept` names HTML, or it names nothing in particular and a browser that tells its mode is navigating
 */
export function wantsPage(names: readonly string[], headers: HttpRequest['headers']): boolean {
  return !hasKnownExtension(names.at(-1) ?? '') && acceptsPage(headers);
}

/** The fields of the request that decide. */
export const pageVary = 'Accept, Sec-Fetch-Mode';

function hasKnownExtension(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && mime.getType(name.slice(dot + 1)) !== null;
}

function isNavigation(headers: HttpRequest['headers']): boolean {
  const mode = headers.get('sec-fetch-mode');
  return mode === undefined || mode === 'navigate';
}

/** An image request accepts `*`/`*` too, as a last choice after images, so that counts only where it stands alone. */
function acceptsPage(headers: HttpRequest['headers']): boolean {
  const accept = headers.get('accept');
  const ranges = accept === undefined ? [] : parseAccept(accept);
  const html = ranges.find(({ type, subtype }) => type === 'text' && subtype === 'html');
  if (html !== undefined) return html.quality > 0;
  return ranges.every(({ type, quality }) => type === '*' && quality > 0) && isNavigation(headers);
}

import type { HttpRequest } from '@windhover/core';
import { parseAccept } from '@windhover/http-semantics';
import mime from 'mime';

/**
 * Whether a request for a missing file asks for a page of a single-page application, and not for a missing asset:
 * - its last name has no extension that is known: `/users/7`, but not `/app.js`
 * - `Accept` names HTML, or nothing in particular
 * - a browser that says so is navigating, and does not fetch data
 */
export function wantsPage(names: readonly string[], headers: HttpRequest['headers']): boolean {
  return !hasKnownExtension(names.at(-1) ?? '') && isNavigation(headers) && acceptsHtml(headers.get('accept'));
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
function acceptsHtml(accept: string | undefined): boolean {
  const ranges = accept === undefined ? [] : parseAccept(accept);
  if (ranges.length === 0) return true;
  const html = ranges.find(({ type, subtype }) => type === 'text' && subtype === 'html');
  if (html !== undefined) return html.quality > 0;
  return ranges.every(({ type }) => type === '*') && ranges[0]!.quality > 0;
}

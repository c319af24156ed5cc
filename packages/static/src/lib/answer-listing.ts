import type { HttpContext } from '@windhover/core';
import { addVary, negotiateMediaType } from '@windhover/http-semantics';
import { type ListSettings, listedEntries } from './listed-entries.ts';
import { listingOrder, sortEntries } from './listing-order.ts';
import { listingPage } from './listing-page.ts';

export interface ListingSettings extends ListSettings {
  /** How many entries a listing shows at most; `null`: folders are not shown. */
  readonly maxListed: number | null;
  /** `null`: folders cannot be downloaded. */
  readonly zip: object | null;
}

const types = ['text/html', 'application/json'] as const;

/** Answers with the entries of a folder: a page, or JSON for a client that prefers that. */
export async function answerListing(
  { request, response }: HttpContext,
  names: readonly string[],
  settings: ListingSettings,
): Promise<void> {
  const order = listingOrder(request.query);
  const listed = await listedEntries(names, settings.maxListed ?? 0, settings);
  const { isCut } = listed;
  const entries = sortEntries(listed.entries, order);
  const { headers } = response;
  headers.set('Vary', addVary(headers.get('vary'), 'Accept'));
  headers.set('Cache-Control', 'no-cache');
  headers.set('X-Content-Type-Options', 'nosniff');
  const chosen = negotiateMediaType(request.headers.get('accept'), types);
  if (chosen.kind === 'chosen' && chosen.value === 'application/json') {
    headers.set('Content-Type', 'application/json');
    const shown = entries.map(({ name, kind, size, modifiedMs }) => {
      const modified = modifiedMs === null ? null : new Date(modifiedMs).toISOString();
      return { name, kind, size, modified };
    });
    response.body = JSON.stringify({ path: `/${names.map((name) => `${name}/`).join('')}`, entries: shown, isCut });
    return;
  }
  headers.set('Content-Type', 'text/html; charset=utf-8');
  headers.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'"); // names come from whoever can write files
  response.body = listingPage({ names, entries, order, isCut, hasZip: settings.zip !== null });
}

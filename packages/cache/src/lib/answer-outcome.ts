import { bodyLength, type HttpContext } from '@windhover/core';
import { answerStored } from './answer-stored.ts';
import type { CacheEntry, OpenedContent } from './cache-entry.ts';
import type { CacheSettings } from './cache-options.ts';
import { type Forward, forwardStatus } from './cache-status.ts';
import { EntryContent, FillingContent } from './entry-content.ts';
import type { FlightOutcome } from './flight.ts';

/** The stored answer that the origin was asked about, and its content; `null`: there is none. */
export interface OpenEntry {
  readonly entry: CacheEntry;
  readonly body: OpenedContent;
}

/** What an outcome is given for. */
export interface OutcomeFacts {
  readonly forward: Forward;
  /** Whether the client has waited for the request of another one. */
  readonly collapsed: boolean;
  /** Whether the response may hold what the origin wrote into it, because it worked in the exchange of this client. */
  readonly isLent: boolean;
}

/** Answers with a stored answer that is still right, or that is used because the origin failed. */
export function answerValidated(
  context: HttpContext,
  { entry, body }: OpenEntry,
  kind: 'validated' | 'stale',
  { name, observer, clock }: CacheSettings,
  { forward, collapsed, isLent }: OutcomeFacts,
): void {
  observer.count(collapsed ? 'collapsed' : kind === 'stale' ? 'stale' : 'revalidated');
  if (isLent) context.response.reset();
  const facts = kind === 'validated' ? { status: 304, collapsed } : { collapsed, detail: 'origin-failed' };
  const content = new EntryContent(entry.meta, body);
  answerStored(context, entry.meta, content, forwardStatus(name, forward, facts), clock.now());
  observer.served?.(bodyLength(context.response.body) ?? 0);
}

/** Answers with what is arriving from the origin. Cookies are for the client only that the origin was asked for. */
export function answerFilling(
  context: HttpContext,
  { filling, answer }: Extract<FlightOutcome, { kind: 'filling' }>,
  { name, observer, clock }: CacheSettings,
  { forward, collapsed, isLent }: OutcomeFacts,
): void {
  if (collapsed) observer.count('collapsed');
  const cookies = collapsed ? [] : answer.response.headers.getAll('set-cookie');
  if (isLent) context.response.reset();
  const facts = { status: filling.meta.status, stored: filling.isStored, collapsed };
  const status = forwardStatus(name, forward, facts);
  answerStored(context, filling.meta, new FillingContent(filling), status, clock.now());
  if (collapsed) observer.served?.(bodyLength(context.response.body) ?? 0);
  for (const cookie of cookies) context.response.headers.append('Set-Cookie', cookie);
}

import { bodyLength, contextKey, disposeBody, type HttpContext, HttpError, toPushBody } from '@windhover/core';
import type { CacheEntry, CacheMeta } from './cache-entry.ts';
import type { CacheSettings } from './cache-options.ts';
import { isUsableOnError } from './decide-reuse.ts';
import { decideStoring, type Storing, type StoringResponse } from './decide-storing.ts';
import { Filling } from './filling.ts';
import type { Flight, FlightOutcome } from './flight.ts';
import type { KeyHint } from './key-hints.ts';
import { toOriginRequest } from './origin-request.ts';
import type { Question } from './question.ts';
import { isSameContent, refreshedMeta } from './refreshed-meta.ts';

/** What `askOrigin` needs to know. */
export interface OriginCall {
  readonly settings: CacheSettings;
  readonly question: Question;
  readonly flight: Flight;
  readonly hint: KeyHint;
  /** The stored answer, which the origin may validate. */
  readonly entry: CacheEntry | null;
  /** The context that the origin works with: a fork of the client's, or where that is not possible the client's own. */
  readonly run: (prepare: (context: HttpContext) => void) => Promise<HttpContext>;
  /** Called once, when nothing more will arrive. */
  readonly onOver: () => void;
}

/** Asks the origin, and decides what becomes of its answer. Never rejects. */
export async function askOrigin(call: OriginCall): Promise<FlightOutcome> {
  const { settings, question, entry } = call;
  const requestTimeMs = settings.clock.now();
  let answer: HttpContext;
  try {
    answer = await call.run(({ request }) => toOriginRequest(request.headers, question.accepted, entry?.meta ?? null));
  } catch (error) {
    return finish(call, failure(call, error));
  }
  const { response } = answer;
  if (response.status === 304 && entry !== null) {
    const meta = validated(call, entry, answer, requestTimeMs);
    disposeBody(response.takeBody(), unused);
    if (meta === null) return askOrigin({ ...call, entry: null });
    // A purge that came meanwhile is newer than the 304.
    if (!call.flight.isPurged(entry.meta)) void settings.store.update(entry, meta);
    return finish(call, { kind: 'validated', entry });
  }
  if (isFailure(response.status) && isUsable(call)) {
    disposeBody(response.takeBody(), unused);
    return finish(call, { kind: 'stale', entry: entry! });
  }
  const storing = decide(call, answer, requestTimeMs);
  if (storing.meta !== null) return fill(call, answer, storing.meta);
  if (response.status < 500) pass(call);
  return finish(call, { kind: 'pass', answer, detail: storing.refusal });
}

const unused = new Error('The cache does not need this answer');

function finish({ onOver }: OriginCall, outcome: FlightOutcome): FlightOutcome {
  onOver();
  return outcome;
}

function failure(call: OriginCall, error: unknown): FlightOutcome {
  const isOfOrigin = !HttpError.is(error) || isFailure(error.status);
  if (isOfOrigin && isUsable(call)) return { kind: 'stale', entry: call.entry! };
  if (!isOfOrigin) pass(call);
  return { kind: 'failed', error };
}

/** RFC 5861 §4 */
function isFailure(status: number): boolean {
  return status === 500 || status === 502 || status === 503 || status === 504;
}

function isUsable({ entry, question, settings }: OriginCall): boolean {
  return entry !== null && isUsableOnError(entry.meta, question.cacheControl, settings.clock.now());
}

const sessionKey = contextKey<{ readonly isChanged?: boolean }>('session');
const userKey = contextKey<unknown>('auth.user');

/** From now on, every client gets an answer of its own. */
function pass({ hint, settings, question }: OriginCall): void {
  if (question.cacheControl?.noStore) return; // says something about this client only
  hint.passUntilMs = settings.clock.now() + settings.hitForMissMs;
}

function decide({ settings, question }: OriginCall, context: HttpContext, requestTimeMs: number): Storing {
  const { request, response } = context;
  // Its Set-Cookie is added outside of the cache, so it is not among the fields yet.
  if (context.get(sessionKey)?.isChanged === true) return { meta: null, refusal: 'forbidden' };
  const { status, headers, declaredLength } = response;
  const facts: StoringResponse = {
    status: response.upgrade === null ? status : 101,
    headers,
    length: declaredLength ?? bodyLength(response.body),
    requestTimeMs,
    responseTimeMs: settings.clock.now(),
  };
  const { method, path } = request;
  const { accepted, cacheControl } = question;
  return decideStoring(
    question,
    { method, path, headers: question.headers, accepted, cacheControl, hasLogin: context.get(userKey) !== undefined },
    facts,
    settings.storing,
  );
}

/** The description of a stored answer after a 304; `null` if the 304 is about another one (RFC 9111 §4.3.4). */
function validated(call: OriginCall, entry: CacheEntry, answer: HttpContext, requestTimeMs: number): CacheMeta | null {
  const { settings, question } = call;
  const { headers } = answer.response;
  if (headers.has('etag') && isSameContent(entry.meta, headers, null) === false) return null;
  const { path } = answer.request;
  const meta = refreshedMeta(settings, question, path, entry.meta, { headers, requestTimeMs });
  return meta ?? { ...entry.meta, noCache: true, storedAtMs: settings.clock.now() };
}

function fill(call: OriginCall, answer: HttpContext, meta: CacheMeta): FlightOutcome {
  const { settings, flight, hint, question } = call;
  hint.passUntilMs = 0;
  hint.vary = meta.vary;
  hint.isShareable = !meta.noCache && meta.lifetimeSeconds > meta.initialAgeSeconds;
  hint.uses = Math.min(255, hint.uses + 1);
  const isStored = hint.uses >= settings.minUses && !question.cacheControl?.noStore;
  const taken = answer.response.takeBody();
  const body = typeof taken === 'string' ? new TextEncoder().encode(taken) : taken;
  const filling = new Filling({
    meta,
    source: toPushBody(body),
    writer: isStored ? settings.store.open(meta) : null,
    maxBytes: settings.storing.maxObjectBytes,
    budget: settings.budget,
    mayCommit: () => !flight.isPurged(meta),
    onOver: () => {
      if (filling.isTooLarge) pass(call);
      settings.observer.fetched?.(filling.total);
      call.onOver();
      settings.observer.stored?.(settings.store.size, settings.store.bytes);
    },
  });
  if (body instanceof Uint8Array) filling.fillAtOnce(body);
  return { kind: 'filling', filling, answer };
}

import { after, bodyLength, disposeBody, type Handler, type HttpContext, HttpError } from '@windhover/core';
import { isSafeMethod } from '@windhover/http-semantics';
import { answerFilling, answerValidated, type OpenEntry, type OutcomeFacts } from './answer-outcome.ts';
import { answerStored } from './answer-stored.ts';
import type { CacheEntry, OpenedContent } from './cache-entry.ts';
import { cacheKey } from './cache-key.ts';
import type { CacheSettings } from './cache-options.ts';
import { type Forward, hitStatus } from './cache-status.ts';
import type { PurgeSelector } from './cache-store.ts';
import { onPurgeOf, purgeStore } from './caches-of-store.ts';
import { decideReuse, type Reuse } from './decide-reuse.ts';
import { EntryContent } from './entry-content.ts';
import { cacheError } from './errors.ts';
import type { Flight } from './flight.ts';
import { Flights } from './flights.ts';
import { invalidatedUrls } from './invalidated-urls.ts';
import { type KeyHint, KeyHints } from './key-hints.ts';
import { OriginRunner } from './origin-runner.ts';
import { giveAlone, passAlone } from './pass-alone.ts';
import { passHead } from './pass-head.ts';
import { isBypassed, isFor, type Question, questionOf, selectEntry } from './question.ts';
import { StoredParts } from './stored-parts.ts';
import { variantOf } from './variant.ts';

type Next = Handler<HttpContext>;

/** A cache of answers: finds them, asks the origin once for all who wait, and stores what comes. */
export class ResponseCache {
  readonly settings: CacheSettings;
  private readonly hints = new KeyHints();
  private readonly runner = new OriginRunner();
  private readonly flights: Flights;
  private readonly parts: StoredParts;
  /** Called for purges that an unsafe request causes, so that other processes can follow. */
  onInvalidate: ((selector: PurgeSelector) => void) | null = null;
  /** Purges of others are not heard of any more. */
  readonly close: () => void;

  constructor(settings: CacheSettings) {
    this.settings = settings;
    this.flights = new Flights(settings, this.runner);
    this.parts = new StoredParts(settings);
    this.close = onPurgeOf(settings.store, (selector) => this.purged(selector));
  }

  handle(context: HttpContext, next: Next): void | Promise<void> {
    const { request } = context;
    if (isBypassed(request, this.settings) || this.settings.when?.(request) === false) {
      this.settings.observer.count('bypass');
      if (isSafeMethod(request.method)) return next(context);
      return after(next, context, (error) => {
        if (error === undefined && context.response.status < 400) this.invalidate(context);
      });
    }
    return this.serve(context, next);
  }

  purge(selector: PurgeSelector, soft: boolean): number | Promise<number> {
    return purgeStore(this.settings.store, selector, soft);
  }

  private purged(selector: PurgeSelector): void {
    this.flights.purged(selector);
    this.parts.purge(selector);
  }

  /** Finds the answer to a request, or asks for it. */
  private serve(context: HttpContext, next: Next): void | Promise<void> {
    const question = questionOf(context, this.settings);
    if (question === null) return passAlone(context, next, this.settings, 'coding');
    const { store } = this.settings;
    const entries = store.get(question.key);
    if (entries instanceof Promise) return entries.then((found) => this.decide(context, next, question, found));
    return this.decide(context, next, question, entries, store.getAll !== undefined);
  }

  /** @param hasMore whether the store may have answers that are not among `entries` */
  private decide(
    context: HttpContext,
    next: Next,
    question: Question,
    entries: readonly CacheEntry[],
    hasMore = false,
  ): void | Promise<void> {
    const { cacheControl } = question;
    const entry = selectEntry(question, entries);
    if (hasMore && (entry === null || decideReuse(entry.meta, cacheControl, this.settings.clock.now()) !== 'fresh'))
      return this.settings.store.getAll!(question.key).then((all) => this.decide(context, next, question, all));
    let forward: Forward = entries.length === 0 ? 'uri-miss' : 'vary-miss';
    if (entry !== null) {
      const nowMs = this.settings.clock.now();
      const reuse = decideReuse(entry.meta, cacheControl, nowMs);
      if (reuse !== 'revalidate' && (reuse !== 'stale' || this.runner.canFork)) {
        const body = context.request.method === 'HEAD' ? 'none' : entry.open();
        const use = (opened: OpenedContent | 'none'): void | Promise<void> => {
          if (opened !== null)
            return this.hit(context, next, question, entry, opened === 'none' ? null : opened, reuse);
          const others = entries.filter((each) => each !== entry); // its content is lost
          return this.decide(context, next, question, others, hasMore);
        };
        return body instanceof Promise ? body.then(use) : use(body);
      }
      forward = decideReuse(entry.meta, null, nowMs) === 'fresh' ? 'request' : 'stale';
    }
    if (cacheControl?.onlyIfCached) throw cacheError('CACHE_NOT_STORED', 'only-if-cached');
    if (context.request.method === 'HEAD') {
      if (entry !== null) return passHead(context, next, this.settings, question, entry);
      return passAlone(context, next, this.settings, 'head');
    }
    if (cacheControl?.noStore) return passAlone(context, next, this.settings, 'no-store');
    if (!this.parts.concerns(question)) return this.fetch(context, next, question, entry, forward);
    if (entry === null && this.parts.answer(context, question)) return;
    return this.fetch(context, this.parts.watch(question, next), question, entry, forward);
  }

  private hit(
    context: HttpContext,
    next: Next,
    question: Question,
    entry: CacheEntry,
    body: OpenedContent,
    reuse: Reuse,
  ): void {
    const { observer, name, clock } = this.settings;
    const { meta } = entry;
    const nowMs = clock.now();
    observer.count(reuse === 'fresh' ? 'hit' : 'stale');
    answerStored(context, meta, new EntryContent(meta, body), hitStatus(name, meta, nowMs), nowMs);
    observer.served?.(bodyLength(context.response.body) ?? 0);
    if (reuse === 'stale') this.refresh(context, next, question, entry);
  }

  /** Waits for a request to the origin that is on its way, or makes one. */
  private fetch(
    context: HttpContext,
    next: Next,
    question: Question,
    entry: CacheEntry | null,
    forward: Forward,
  ): void | Promise<void> {
    const known = this.hints.get(question.key);
    if (known !== undefined && known.passUntilMs !== 0 && this.isPassing(known))
      return passAlone(context, next, this.settings, 'hit-for-miss');
    const wantsNew = forward === 'request';
    const name = known?.isShareable === false || wantsNew ? null : this.flightName(question, known);
    const running = name === null ? undefined : this.flights.get(name);
    if (running?.isJoinable) return this.follow(context, next, question, running, forward);
    return this.lead(context, next, question, entry, forward, name);
  }

  /** Whether answers go to each client alone. When that time is over, one request tries again and the others still pass. */
  private isPassing(hint: KeyHint): boolean {
    if (this.settings.clock.now() < hint.passUntilMs || hint.isProbing) return true;
    hint.isProbing = true;
    return false;
  }

  private flightName({ key, accepted, hasCredentials, headers }: Question, hint: KeyHint | undefined): string {
    return `${key}\n${accepted}${hasCredentials ? 'c' : ''}\n${hint === undefined ? '' : variantOf(hint.vary, headers)}`;
  }

  /** Asks the origin for one client and all who come meanwhile. */
  private async lead(
    context: HttpContext,
    next: Next,
    question: Question,
    stored: CacheEntry | null,
    forward: Forward,
    name: string | null,
  ): Promise<void> {
    const { settings } = this;
    settings.observer.count('miss');
    const hint = this.hints.of(question.key);
    // Opened before the origin is asked: if the content is lost, the origin must send all of it.
    const opened = stored === null ? null : await openEntry(stored);
    const entry = opened === null ? null : stored;
    const outcome = await this.flights.start({ context, next, question, entry, name, hint, isAwaited: true });
    const facts = { forward, collapsed: false, isLent: !this.runner.canFork };
    if (outcome.kind === 'validated' || outcome.kind === 'stale')
      return answerValidated(context, opened!, outcome.kind, settings, facts);
    opened?.body?.close();
    if (outcome.kind === 'filling') {
      try {
        return answerFilling(context, outcome, settings, facts);
      } finally {
        outcome.filling.start(); // others wait for it too
      }
    }
    if (outcome.kind === 'pass') return giveAlone(context, next, settings, { ...outcome, forward });
    if (outcome.kind === 'failed') throw outcome.error;
  }

  /** Validates an entry while its client already has it. */
  private refresh(context: HttpContext, next: Next, question: Question, entry: CacheEntry): void {
    const hint = this.hints.of(question.key);
    const name = this.flightName(question, hint);
    if (this.flights.get(name) !== undefined) return;
    const start = { context, next, question, entry, name, hint, isAwaited: false };
    const work = this.flights.start(start).then((outcome) => {
      if (outcome.kind === 'filling') outcome.filling.start();
      if (outcome.kind === 'pass') disposeBody(outcome.answer.response.takeBody(), new Error('Nobody waits for it'));
    });
    this.settings.track(work, `cache: ${question.url}`);
  }

  /** Waits for the answer to another request. */
  private async follow(
    context: HttpContext,
    next: Next,
    question: Question,
    flight: Flight,
    forward: Forward,
  ): Promise<void> {
    const { settings } = this;
    const outcome = await flight.outcome;
    const facts: OutcomeFacts = { forward, collapsed: true, isLent: false };
    if (outcome.kind === 'released') return this.serve(context, next);
    if (outcome.kind === 'failed' && !(HttpError.is(outcome.error) && outcome.error.status < 500)) throw outcome.error;
    if (outcome.kind === 'filling') {
      const { filling } = outcome;
      if (!flight.canShare(filling) && filling.state !== 'done') return this.serve(context, next);
      const isShareable = this.hints.get(question.key)?.isShareable !== false;
      if (isShareable && isFor(question, filling.meta)) return answerFilling(context, outcome, settings, facts);
    }
    if ((outcome.kind === 'validated' || outcome.kind === 'stale') && isFor(question, outcome.entry.meta)) {
      const opened = await openEntry(outcome.entry);
      if (opened !== null) return answerValidated(context, opened, outcome.kind, settings, facts);
    }
    return passAlone(context, next, settings, 'not-shared');
  }

  /** RFC 9111 §4.4: a successful change of a resource makes what is stored about it wrong. */
  private invalidate(context: HttpContext): void {
    const { url } = cacheKey(context, this.settings.key);
    for (const each of invalidatedUrls(url, context.response.headers)) {
      const selector = { url: each };
      const purged = this.purge(selector, false);
      if (purged instanceof Promise) purged.catch(toldByStore);
      this.onInvalidate?.(selector);
    }
  }
}

async function openEntry(entry: CacheEntry): Promise<OpenEntry | null> {
  const body = await entry.open();
  return body === null ? null : { entry, body };
}

/** A shared store that cannot be reached tells its own log, and purges as soon as it can. */
const toldByStore = (): undefined => undefined;

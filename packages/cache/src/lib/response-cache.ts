import {
  after,
  contextKey,
  disposeBody,
  type Handler,
  type HttpContext,
  HttpError,
  setAnswerFields,
} from '@windhover/core';
import { isSafeMethod } from '@windhover/http-semantics';
import { answerStored } from './answer-stored.ts';
import { askOrigin } from './ask-origin.ts';
import type { CacheEntry } from './cache-entry.ts';
import { cacheKey } from './cache-key.ts';
import type { CacheSettings } from './cache-options.ts';
import { type Forward, forwardStatus, hitStatus } from './cache-status.ts';
import type { PurgeSelector } from './cache-store.ts';
import { decideReuse } from './decide-reuse.ts';
import { entryContent, fillingContent } from './entry-content.ts';
import { cacheError } from './errors.ts';
import { Flight, type FlightOutcome } from './flight.ts';
import { invalidatedUrls } from './invalidated-urls.ts';
import { type KeyHint, KeyHints } from './key-hints.ts';
import { isBypassed, isFor, type Question, questionOf, selectEntry } from './question.ts';
import { variantOf } from './variant.ts';

type Next = Handler<HttpContext>;

const upstreamKey = contextKey<unknown>('proxy.upstream');

/** A cache of answers: finds them, asks the origin once for all who wait, and stores what comes. */
export class ResponseCache {
  readonly settings: CacheSettings;
  private readonly hints = new KeyHints();
  /** Requests to the origin that others may join. */
  private readonly flights = new Map<string, Flight>();
  /** All requests to the origin that may still be stored. */
  private readonly running = new Set<Flight>();
  /** An application in a Node server has one response, so nothing behind it can run a second time. */
  private canFork = true;
  /** Called for purges that an unsafe request causes, so that other processes can follow. */
  onInvalidate: ((selector: PurgeSelector) => void) | null = null;

  constructor(settings: CacheSettings) {
    this.settings = settings;
  }

  handle(context: HttpContext, next: Next): void | Promise<void> {
    const { request } = context;
    if (isBypassed(request) || this.settings.when?.(request) === false) {
      this.settings.observer.count('bypass');
      if (isSafeMethod(request.method)) return next(context);
      return after(next, context, (error) => {
        if (error === undefined && context.response.status < 400) this.invalidate(context);
      });
    }
    return this.serve(context, next);
  }

  purge(selector: PurgeSelector, soft: boolean): number | Promise<number> {
    for (const flight of this.running) flight.purged(selector);
    return this.settings.store.purge(selector, soft);
  }

  /** Finds the answer to a request, or asks for it. */
  private serve(context: HttpContext, next: Next): void | Promise<void> {
    const question = questionOf(context, this.settings);
    if (question === null) return this.pass(context, next, 'coding');
    const entries = this.settings.store.get(question.key);
    if (entries instanceof Promise) return entries.then((found) => this.decide(context, next, question, found));
    return this.decide(context, next, question, entries);
  }

  private decide(
    context: HttpContext,
    next: Next,
    question: Question,
    entries: readonly CacheEntry[],
  ): void | Promise<void> {
    const { clock, observer } = this.settings;
    const { cacheControl } = question;
    const entry = selectEntry(question, entries);
    let forward: Forward = entries.length === 0 ? 'uri-miss' : 'vary-miss';
    if (entry !== null) {
      const nowMs = clock.now();
      const reuse = decideReuse(entry.meta, cacheControl, nowMs);
      if (reuse !== 'revalidate' && (reuse !== 'stale' || this.canFork)) {
        observer.count(reuse === 'fresh' ? 'hit' : 'stale');
        answerStored(context, entry.meta, entryContent(entry), hitStatus(this.settings.name, entry.meta, nowMs), nowMs);
        if (reuse === 'stale') this.refresh(context, next, question, entry);
        return;
      }
      forward = decideReuse(entry.meta, null, nowMs) === 'fresh' ? 'request' : 'stale';
    }
    if (cacheControl?.onlyIfCached) throw cacheError('CACHE_NOT_STORED', 'only-if-cached');
    if (context.request.method === 'HEAD') return this.pass(context, next, 'head');
    if (cacheControl?.noStore) return this.pass(context, next, 'no-store');
    return this.fetch(context, next, question, entry, forward);
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
      return this.pass(context, next, 'hit-for-miss');
    const wantsNew = forward === 'request';
    const name = known?.isShareable === false || wantsNew ? null : this.flightName(question, known);
    const running = name === null ? undefined : this.flights.get(name);
    if (running?.isJoinable) return this.follow(context, next, question, running, forward);
    const hint = this.hints.of(question.key);
    return this.lead(context, next, question, entry, forward, name, hint);
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
    entry: CacheEntry | null,
    forward: Forward,
    name: string | null,
    hint: KeyHint,
  ): Promise<void> {
    this.settings.observer.count('miss');
    const outcome = await this.startFlight(context, next, question, entry, name, hint, true);
    try {
      this.answer(context, question, outcome, forward, false);
    } finally {
      if (outcome.kind === 'filling') outcome.filling.start(); // others wait for it too
    }
    if (outcome.kind === 'pass') return this.passOn(context, next, outcome.answer, forward, outcome.detail);
    if (outcome.kind === 'failed') throw outcome.error;
  }

  /** Validates an entry while its client already has it. */
  private refresh(context: HttpContext, next: Next, question: Question, entry: CacheEntry): void {
    const hint = this.hints.of(question.key);
    const name = this.flightName(question, hint);
    if (this.flights.has(name)) return;
    const work = this.startFlight(context, next, question, entry, name, hint, false).then((outcome) => {
      if (outcome.kind === 'filling') outcome.filling.start();
      if (outcome.kind === 'pass') disposeBody(outcome.answer.response.takeBody(), new Error('Nobody waits for it'));
    });
    this.settings.track(work, `cache: ${question.url}`);
  }

  private async startFlight(
    context: HttpContext,
    next: Next,
    question: Question,
    entry: CacheEntry | null,
    name: string | null,
    hint: KeyHint,
    mayRunHere: boolean,
  ): Promise<FlightOutcome> {
    const flight = new Flight(question.url);
    const { lockTimeoutMs, clock } = this.settings;
    this.running.add(flight);
    const leave = (): void => {
      if (name !== null && this.flights.get(name) === flight) this.flights.delete(name);
    };
    const over = (): void => {
      leave();
      this.running.delete(flight);
    };
    let cancelTimer: (() => void) | null = null;
    if (name !== null) {
      this.flights.set(name, flight);
      cancelTimer = clock.schedule(lockTimeoutMs, () => {
        leave();
        flight.settle({ kind: 'released' });
      });
    }
    const outcome = await askOrigin({
      settings: this.settings,
      question,
      flight,
      hint,
      entry,
      run: (prepare) => this.run(context, next, prepare, mayRunHere ? flight : null),
      onOver: over,
    }).catch((error: unknown): FlightOutcome => {
      over(); // a store that fails must not keep others waiting
      return { kind: 'failed', error };
    });
    cancelTimer?.();
    hint.isProbing = false;
    flight.settle(outcome);
    return outcome;
  }

  /**
   * Runs what stands behind the cache in a fork, which goes on when the client leaves.
   *
   * @param flight the one whose client may lend its own exchange where a fork is not possible; `null`: it has its answer already
   */
  private async run(
    context: HttpContext,
    next: Next,
    prepare: (context: HttpContext) => void,
    flight: Flight | null,
  ): Promise<HttpContext> {
    if (!this.canFork && flight !== null) return this.runHere(context, next, prepare, flight);
    try {
      const fork = await context.fork((own) => {
        prepare(own);
        return next(own);
      });
      const upstream = fork.get(upstreamKey);
      if (upstream !== undefined) context.set(upstreamKey, upstream);
      return fork;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'CONNECT_FORK') throw error;
      this.canFork = false;
      if (flight === null) throw error;
      return this.runHere(context, next, prepare, flight);
    }
  }

  private async runHere(
    context: HttpContext,
    next: Next,
    prepare: (context: HttpContext) => void,
    flight: Flight,
  ): Promise<HttpContext> {
    const { headers } = context.request;
    const fields = headers.fields.slice();
    context.onAbort((reason) => flight.abandoned(reason));
    prepare(context);
    try {
      await next(context);
    } finally {
      headers.adopt(fields);
    }
    return context;
  }

  /** Waits for the answer to another request. */
  private async follow(
    context: HttpContext,
    next: Next,
    question: Question,
    flight: Flight,
    forward: Forward,
  ): Promise<void> {
    const outcome = await flight.outcome;
    if (outcome.kind === 'released') return this.serve(context, next);
    if (outcome.kind === 'filling' && !(flight.isJoinable || outcome.filling.state === 'done'))
      return this.serve(context, next);
    if (this.answer(context, question, outcome, forward, true)) return;
    if (outcome.kind === 'failed' && !(HttpError.is(outcome.error) && outcome.error.status < 500)) throw outcome.error;
    return this.pass(context, next, 'not-shared');
  }

  /** Answers with what came of asking the origin, if it is for this client; returns whether it was. */
  private answer(
    context: HttpContext,
    question: Question,
    outcome: FlightOutcome,
    forward: Forward,
    collapsed: boolean,
  ): boolean {
    const { name, observer, clock } = this.settings;
    const nowMs = clock.now();
    if (outcome.kind === 'validated' || outcome.kind === 'stale') {
      const { entry, kind } = outcome;
      if (collapsed && !isFor(question, entry.meta)) return false;
      observer.count(collapsed ? 'collapsed' : kind === 'stale' ? 'stale' : 'revalidated');
      if (!collapsed) this.prepareOwn(context);
      const facts = kind === 'validated' ? { status: 304, collapsed } : { collapsed, detail: 'origin-failed' };
      answerStored(context, entry.meta, entryContent(entry), forwardStatus(name, forward, facts), nowMs);
      return true;
    }
    if (outcome.kind !== 'filling') return false;
    const { filling, answer } = outcome;
    if (collapsed && (!isFor(question, filling.meta) || !this.hintIsShareable(question))) return false;
    if (collapsed) observer.count('collapsed');
    const cookies = collapsed ? [] : answer.response.headers.getAll('set-cookie');
    if (!collapsed) this.prepareOwn(context);
    const facts = { status: filling.meta.status, stored: filling.isStored, collapsed };
    answerStored(context, filling.meta, fillingContent(filling), forwardStatus(name, forward, facts), nowMs);
    for (const cookie of cookies) context.response.headers.append('Set-Cookie', cookie);
    return true;
  }

  /** Where the origin had to answer in the client's own response, it is cleared for the answer that the client gets. */
  private prepareOwn({ response }: HttpContext): void {
    if (!this.canFork) response.reset();
  }

  private hintIsShareable({ key }: Question): boolean {
    return this.hints.get(key)?.isShareable !== false;
  }

  /** Gives an answer that is not stored to the one client that it is for. */
  private passOn(
    context: HttpContext,
    next: Next,
    answer: HttpContext,
    forward: Forward,
    detail: string,
  ): void | Promise<void> {
    const { request, response } = context;
    const from = answer.response;
    if (answer !== context) {
      if (request.headers.has('range') || request.headers.has('if-none-match')) {
        // The origin was asked for everything. The client wants a part of it, which only the origin can give.
        disposeBody(from.takeBody(), new Error('The client wants a part'));
        return this.pass(context, next, detail);
      }
      const { status, declaredLength, trailers, closeConnection } = from;
      setAnswerFields(response.headers, from.headers);
      response.body = from.takeBody();
      response.status = status;
      response.declaredLength = declaredLength;
      response.trailers = trailers;
      response.closeConnection = closeConnection;
    }
    response.headers.append(
      'Cache-Status',
      forwardStatus(this.settings.name, forward, { status: from.status, detail }),
    );
  }

  /** Sends a request to the origin for its client alone. */
  private pass(context: HttpContext, next: Next, detail: string): void | Promise<void> {
    this.settings.observer.count('bypass');
    return after(next, context, (error) => {
      if (error !== undefined || !context.response.isAnswered) return;
      context.response.headers.append('Cache-Status', forwardStatus(this.settings.name, 'bypass', { detail }));
    });
  }

  /** RFC 9111 §4.4: a successful change of a resource makes what is stored about it wrong. */
  private invalidate(context: HttpContext): void {
    const { url } = cacheKey(context, this.settings.key);
    for (const each of invalidatedUrls(url, context.response.headers)) {
      const selector = { url: each };
      void this.purge(selector, false);
      this.onInvalidate?.(selector);
    }
  }
}

import { contextKey, type Handler, type HttpContext, type Middleware } from '@windhover/core';
import { rateLimitErrors } from './errors.ts';
import { type KeyOf, keyFunction } from './key-of.ts';
import { RateLimitFields } from './rate-limit-fields.ts';
import { type RateLimitOptions, type ResolvedRateLimit, resolveRateLimit } from './rate-limit-options.ts';
import type { RateDecision } from './rate-policy.ts';
import { StoreCall } from './store-call.ts';

/** Requests that tarpits hold at a time: each is a connection that an attacker makes us keep. */
const maxHeld = 1000;
/** How often the log hears of refusals. */
const toldEveryMs = 60_000;

/** Why a request was refused, for the access log: the code, and the name of the rule. */
const refusalKey = contextKey<{ readonly code: string; readonly rule: string }>('refusal');

type Next = Handler<HttpContext>;

/** One limit, with the middleware that applies it. */
export class RateLimiter {
  readonly middleware: Middleware<HttpContext>;
  private readonly options: ResolvedRateLimit;
  private readonly keyOf: KeyOf;
  private readonly call: StoreCall;
  private readonly fields: RateLimitFields | null;
  private held = 0;
  private refusedSince = 0;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: RateLimitOptions) {
    this.options = resolveRateLimit(options);
    this.keyOf = keyFunction(this.options.by, this.options.ipv6Bits);
    this.call = new StoreCall(this.options);
    this.fields = this.options.fields ? new RateLimitFields(this.options.name, this.options.policy) : null;
    this.middleware = (context, next) => this.run(context, next);
    Object.defineProperty(this.middleware, 'name', { value: 'rateLimit' });
  }

  /** What the limit would say of a request, without counting it; `null`: it is not limited. */
  look(context: HttpContext): RateDecision | null | Promise<RateDecision | null> {
    const key = this.keyOf(context);
    const { store, local, name, policy } = this.options;
    return key === null ? null : store.consume(store === local ? key : `${name}:${key}`, policy, 0);
  }

  private run(context: HttpContext, next: Next): void | Promise<void> {
    const key = this.keyOf(context);
    const cost = this.options.cost === null ? 1 : this.options.cost(context);
    if (key === null || cost === 0) return next(context);
    const decision = this.call.consume(key, cost);
    if (!(decision instanceof Promise)) return this.apply(context, next, decision, key, cost);
    return decision.then((late) => this.apply(context, next, late, key, cost));
  }

  private apply(
    context: HttpContext,
    next: Next,
    decision: RateDecision | null,
    key: string,
    cost: number,
  ): void | Promise<void> {
    const { options } = this;
    const { observer } = options;
    if (decision === null) return this.withoutStore(context, next);
    this.fields?.add(context.response, decision);
    if (decision.isAllowed) {
      const delayMs = decision.aheadMs - (options.delayAfter * options.policy.perMs) / options.policy.requests;
      if (delayMs > 0 && !options.dryRun) {
        observer?.decided('delayed');
        return this.wait(context, delayMs).then(
          () => next(context),
          (error: unknown) => {
            void this.call.consume(key, -cost); // those behind it need not wait for a client that has left
            throw error;
          },
        );
      }
      observer?.decided('allowed');
      return next(context);
    }
    this.tellOfRefusal();
    if (options.dryRun) {
      observer?.decided('dry-run');
      context.set(refusalKey, { code: 'RATE_LIMIT_DRY_RUN', rule: options.name });
      return next(context);
    }
    observer?.decided('refused');
    context.set(refusalKey, { code: 'RATE_LIMIT_EXCEEDED', rule: options.name });
    return this.refuse(context, decision);
  }

  private refuse(context: HttpContext, decision: RateDecision): void | Promise<void> {
    const { refuse, tarpitMs } = this.options;
    if (refuse === 'drop') {
      context.response.drop();
      return undefined;
    }
    if (refuse === 'answer' || this.held >= maxHeld) return this.answer(context, decision.retryAfterMs);
    this.held += 1;
    const release = (): void => void (this.held -= 1);
    return this.wait(context, tarpitMs).then(
      () => {
        release();
        this.answer(context, Math.max(0, decision.retryAfterMs - tarpitMs));
      },
      (error) => {
        release();
        throw error;
      },
    );
  }

  /** Not an error that a log should show one by one, so nothing is thrown. */
  private answer({ response }: HttpContext, retryAfterMs: number): void {
    const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
    response.status = this.options.status;
    response.headers.set('Retry-After', String(seconds)); // RFC 9110 §10.2.3
    response.headers.set('Content-Type', 'text/plain; charset=utf-8');
    response.body = `${rateLimitErrors.RATE_LIMIT_EXCEEDED.message}: try again in ${seconds} s\n`;
  }

  /** The store has failed, and it is not counted here. */
  private withoutStore(context: HttpContext, next: Next): void | Promise<void> {
    this.options.observer?.decided('store-failed');
    if (this.options.onStoreError === 'open' || this.options.dryRun) return next(context);
    const { response } = context;
    context.set(refusalKey, { code: 'RATE_LIMIT_STORE_FAILED', rule: this.options.name });
    response.status = 503;
    response.headers.set('Retry-After', '1');
    response.headers.set('Content-Type', 'text/plain; charset=utf-8');
    response.body = 'Service Unavailable\n';
    return undefined;
  }

  /** Resolves after that time, or when the server begins to stop. Rejects if the exchange is aborted before. */
  private wait(context: HttpContext, ms: number): Promise<void> {
    const { clock, stopping } = this.options;
    if (stopping?.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const over = (): void => {
        cancel();
        stopping?.removeEventListener('abort', over);
        resolve();
      };
      const cancel = clock.schedule(Math.ceil(ms), over);
      stopping?.addEventListener('abort', over);
      context.onAbort((reason) => {
        reject(reason);
        over();
      });
    });
  }

  private tellOfRefusal(): void {
    this.refusedSince += 1;
    const { clock, log, name, dryRun } = this.options;
    const now = clock.now();
    if (now - this.toldAt < toldEveryMs) return;
    log.warn(dryRun ? 'A rate limit would refuse requests' : 'A rate limit refuses requests', {
      limit: name,
      refused: this.refusedSince,
    });
    this.toldAt = now;
    this.refusedSince = 0;
  }
}

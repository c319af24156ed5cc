import { type Clock, contextKey, type Handler, type HttpContext, type Middleware, systemClock } from '@windhover/core';
import { type CompiledFilter, compileFilter } from './compile-filter.ts';
import { decideRequest, type FilterRequest } from './decide-request.ts';
import type { RequestFilterOptions } from './filter-options.ts';
import { type Refusal, refusal } from './refusal.ts';

/** How often the log hears of refusals. */
const toldEveryMs = 60_000;

/** Why a request was refused, for the access log and for error pages. */
const refusalKey = contextKey<{ readonly code: string; readonly rule: string; readonly subStatus?: number }>('refusal');

/**
 * Refuses requests by their size, method, path, query and header fields. Decides on the target as received and decoded.
 * Throws `REQUEST_FILTER_OPTION_INVALID` when it is created.
 */
export function requestFilter(options: RequestFilterOptions = {}): Middleware<HttpContext> {
  return createRequestFilter(options).middleware;
}

/** Makes a filter that can also be asked what it would decide. Throws `REQUEST_FILTER_OPTION_INVALID`. */
export function createRequestFilter(options: RequestFilterOptions = {}): RequestFilter {
  return new RequestFilter(options);
}

/** A filter, with the middleware that applies it. */
export class RequestFilter {
  readonly middleware: Middleware<HttpContext>;
  private readonly filter: CompiledFilter;
  private readonly options: RequestFilterOptions;
  private readonly clock: Pick<Clock, 'now'>;
  private refusedSince = 0;
  private toldAt = Number.NEGATIVE_INFINITY;

  /** @param clock the time, for the log. Default: the system's */
  constructor(options: RequestFilterOptions, clock: Pick<Clock, 'now'> = systemClock) {
    this.filter = compileFilter(options);
    this.options = { ...options };
    this.clock = clock;
    this.middleware = (context, next) => this.run(context, next);
    Object.defineProperty(this.middleware, 'name', { value: 'requestFilter' });
  }

  /** What the filter decides; `null`: the request is let in. `bodyLength` is `null` if it is not known. */
  decide(request: FilterRequest, bodyLength: number | null = null): Refusal | null {
    return decideRequest(request, this.filter, bodyLength);
  }

  private run(context: HttpContext, next: Handler<HttpContext>): void | Promise<void> {
    const { request } = context;
    const { when, dryRun = false } = this.options;
    if (when !== undefined && when(context) !== true) return next(context);
    const { maxBodyBytes } = this.filter;
    const isLimited = maxBodyBytes !== Number.POSITIVE_INFINITY;
    const decided = decideRequest(request, this.filter, isLimited ? request.body.length : null);
    if (decided === null) {
      if (isLimited && request.body.length !== 0) this.limitBody(context, maxBodyBytes);
      return next(context);
    }
    this.tell(decided, context);
    if (dryRun) return next(context);
    this.refuse(context, decided);
    return undefined;
  }

  /** A body whose length was not announced is counted while it is read. */
  private limitBody(context: HttpContext, maxBytes: number): void {
    const { body } = context.request;
    if (this.options.dryRun !== true) {
      if (body.maxBytes === null || body.maxBytes > maxBytes) body.maxBytes = maxBytes;
      return;
    }
    if (body.length !== null) return;
    let isTold = false;
    const look = (): void => {
      if (isTold || body.bytesReceived <= maxBytes) return;
      isTold = true;
      this.tell(refusal('REQUEST_FILTER_BODY_TOO_LARGE', `body of more than ${maxBytes} bytes`), context);
    };
    context.onHead(look); // an access log, which stands outside, writes its line before our `onSent`
    context.onSent(look);
  }

  /** The answer has no body, so that an error page can give it one. Nothing tells the client which rule it was. */
  private refuse({ response }: HttpContext, { status }: Refusal): void {
    if (this.options.refuse === 'drop') response.drop();
    else response.status = this.options.status ?? status;
  }

  private tell(refused: Refusal, context: HttpContext): void {
    const { observer, log = console, dryRun = false } = this.options;
    const { code, subStatus, status } = refused;
    const rule = ruleText(refused);
    observer?.refused(refused, dryRun);
    context.set(
      refusalKey,
      dryRun
        ? { code: 'REQUEST_FILTER_DRY_RUN', rule }
        : { code, rule, ...(this.options.status == null || this.options.status === status ? { subStatus } : {}) },
    );
    this.refusedSince += 1;
    const now = this.clock.now();
    if (now - this.toldAt < toldEveryMs) return;
    log.warn(dryRun ? 'A request filter would refuse requests' : 'A request filter refuses requests', {
      rule,
      refused: this.refusedSince,
    });
    this.toldAt = now;
    this.refusedSince = 0;
  }
}

/** `404.8: hidden segment bin`, for logs. */
export function ruleText({ status, subStatus, rule }: Refusal): string {
  return subStatus === 0 ? rule : `${status}.${subStatus}: ${rule}`;
}

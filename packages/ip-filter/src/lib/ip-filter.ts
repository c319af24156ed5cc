import {
  type Connection,
  contextKey,
  type Handler,
  type HttpContext,
  type Logger,
  type Middleware,
  systemClock,
} from '@windhover/core';
import { IpDecider, type IpDecision } from './ip-decider.ts';
import { checkIpFilterOptions, type IpFilterOptions, type IpRulesOptions } from './ip-filter-options.ts';
import type { IpList } from './ip-list.ts';

const statuses = { forbidden: 403, unauthorized: 401, notFound: 404 } as const;

/** How often the log hears of refusals. */
const toldEveryMs = 60_000;

/** Why a request was refused, for the access log and for error pages. */
const refusalKey = contextKey<{ readonly code: string; readonly rule: string; readonly subStatus?: number }>('refusal');

/**
 * Lets in and keeps out by address, network and domain name. Put `clientAddress` in front if there is a proxy. Throws
 * `IP_FILTER_OPTION_INVALID` when it is created.
 */
export function ipFilter(options: IpFilterOptions): Middleware<HttpContext> {
  return new IpFilter(options).middleware;
}

/** The same for connections: one that is refused is reset before a byte is read. Throws `IP_FILTER_OPTION_INVALID`. */
export function ipFilterConnections(options: IpRulesOptions): Middleware<Connection> {
  return new IpFilter(options, 'connections').connectionMiddleware;
}

/** A filter that can also be asked what it would decide. */
export class IpFilter {
  readonly middleware: Middleware<HttpContext>;
  readonly connectionMiddleware: Middleware<Connection>;
  private readonly decider: IpDecider;
  private readonly options: IpFilterOptions;
  private deniedSince = 0;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: IpFilterOptions, kind: 'requests' | 'connections' = 'requests') {
    checkIpFilterOptions(options, kind);
    this.options = { ...options };
    this.decider = new IpDecider(options);
    this.middleware = (context, next) => this.run(context, next);
    this.connectionMiddleware = (connection, next) => this.runConnection(connection, next);
    Object.defineProperty(this.middleware, 'name', { value: 'ipFilter' });
    Object.defineProperty(this.connectionMiddleware, 'name', { value: 'ipFilterConnections' });
  }

  /** What the filter decides about an address. A promise only while the name of a client is looked up. */
  decide(address: string): IpDecision | Promise<IpDecision> {
    return this.decider.decide(address);
  }

  /**
   * The same, without looking up a name; `null` if one is needed. Lists that are not loaded are read as they are on the disk; those that cannot
   * be read, and could decide otherwise, are added to `unread`.
   */
  look(address: string, unread: IpList[] = []): IpDecision | null {
    return this.decider.look(address, unread);
  }

  private run(context: HttpContext, next: Handler<HttpContext>): void | Promise<void> {
    const { address } =
      this.options.by === 'connection' ? { address: context.connection.remoteAddress } : context.client;
    const decision = this.decider.decide(address);
    if (decision instanceof Promise) return decision.then((late) => this.apply(context, next, late));
    return decision.isAllowed ? next(context) : this.apply(context, next, decision);
  }

  private apply(context: HttpContext, next: Handler<HttpContext>, decision: IpDecision): void | Promise<void> {
    if (decision.isAllowed) return next(context);
    const { answer = 'forbidden', dryRun = false } = this.options;
    this.tell(decision);
    const { rule, isByName } = decision;
    if (dryRun) {
      context.set(refusalKey, { code: 'IP_FILTER_DRY_RUN', rule });
      return next(context);
    }
    const { response } = context;
    // The sub-status of IIS: 503 for an address, 504 for a name.
    context.set(refusalKey, { code: 'IP_FILTER_DENIED', rule, subStatus: isByName ? 504 : 503 });
    if (answer === 'abort') response.drop();
    else response.status = statuses[answer]; // without a body, so that an error page can give it one
    return undefined;
  }

  private runConnection(connection: Connection, next: Handler<Connection>): void | Promise<void> {
    const decision = this.decider.decide(connection.info.remoteAddress);
    if (!(decision instanceof Promise)) return this.applyToConnection(connection, next, decision);
    let isClosed = false;
    connection.onClosed(() => {
      isClosed = true;
    });
    return decision.then((late) => (isClosed ? undefined : this.applyToConnection(connection, next, late)));
  }

  private applyToConnection(
    connection: Connection,
    next: Handler<Connection>,
    decision: IpDecision,
  ): void | Promise<void> {
    if (decision.isAllowed) return next(connection);
    this.tell(decision);
    if (this.options.dryRun === true) return next(connection);
    connection.reset();
    return undefined;
  }

  private tell(decision: IpDecision): void {
    const { observer, dryRun = false, clock = systemClock } = this.options;
    const log: Pick<Logger, 'warn'> = this.options.log ?? console;
    observer?.denied(decision, dryRun);
    this.deniedSince += 1;
    const now = clock.now();
    if (now - this.toldAt < toldEveryMs) return;
    log.warn(dryRun ? 'An address filter would keep clients out' : 'An address filter keeps clients out', {
      rule: decision.rule,
      denied: this.deniedSince,
    });
    this.toldAt = now;
    this.deniedSince = 0;
  }
}

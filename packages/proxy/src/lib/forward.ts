import {
  type Body,
  disposeBody,
  type HttpContext,
  HttpHeaders,
  type HttpRequest,
  type RequestBody,
} from '@windhover/core';
import {
  type CallObserver,
  type ClientCall,
  ClientError,
  type ClientRequest,
  type ClientResponse,
  type HttpClient,
  isIdempotent,
  JudgedFields,
} from '@windhover/http-client';
import { isGrpc } from '@windhover/http-semantics';
import { toLines } from './header-changes.ts';
import { endToEnd, nominatedNames } from './hop-by-hop.ts';
import { passAnswer } from './pass-answer.ts';
import type { ProxyAttempt } from './proxy-attempt.ts';
import { proxyError, toProxyError } from './proxy-error.ts';
import { proxyPreamble } from './proxy-preamble.ts';
import type { ProxySettings } from './proxy-settings.ts';
import type { Upstream } from './upstream.ts';
import { Report, upstreamFailure, upstreamKey } from './upstream-report.ts';
import { offeredProtocol, requestLines, trailerRule } from './upstream-request.ts';
import { upstreamTarget } from './upstream-target.ts';
import type { Upstreams } from './upstreams.ts';
import type { Waiter } from './wait-queue.ts';

/** What all requests of a proxy share. */
export interface ProxyParts {
  readonly upstreams: Upstreams;
  readonly client: HttpClient;
  readonly settings: ProxySettings;
  /** The name for reports; `null`: the address of the upstream. */
  readonly name: string | null;
  /** Whether failed connections are logged elsewhere, so that the server need not. */
  readonly hasLog: boolean;
}

const none: readonly Upstream[] = [];

/** One request on its way to an upstream: it is what the client sends, and what the middleware around attempts gets. */
export class Forward implements ClientRequest, ProxyAttempt {
  readonly context: HttpContext;
  readonly method: string;
  readonly target: string;
  readonly host: string | undefined;
  fields: JudgedFields;
  readonly body: Body | undefined;
  readonly expectContinue: boolean;
  readonly isTrailerBarred: ((name: string) => boolean) | undefined;
  readonly upgrade: string | undefined;
  readonly preamble: string | undefined;
  headTimeoutMs: number | null | undefined = undefined;
  observer: CallObserver | undefined = undefined;
  number = 0;
  response: ClientResponse | null = null;
  private readonly parts: ProxyParts;
  private readonly lines: JudgedFields;
  private readonly report: Report;
  /** The upstreams that this request need not try again. */
  private tried: readonly Upstream[] = none;
  private current: Upstream | null = null;
  private call: ClientCall | null = null;
  private waiter: Waiter | null = null;
  private abortReason: Error | null = null;
  private hasBudget = false;
  /** When the current attempt began. */
  private startedAt = 0;
  /** Whether a failure was the first of its upstream. */
  private isNews = false;

  constructor(context: HttpContext, parts: ProxyParts, maxForwards: number | null) {
    const { request } = context;
    const { settings } = parts;
    const nominated = nominatedNames(request.headers);
    const hasBody = request.body.length !== 0;
    this.context = context;
    this.parts = parts;
    this.method = request.method;
    this.target = upstreamTarget(request, settings.stripPrefix, settings.forward);
    this.host = hostFor(request, settings);
    this.lines = new JudgedFields(requestLines(context, settings, nominated, maxForwards));
    this.fields = this.lines;
    this.body = hasBody ? request.body : undefined;
    // A body that was read before the proxy is there already: its client was told to send it.
    this.expectContinue = hasBody && request.body.state === 'unread' && request.headers.get('expect') !== undefined;
    this.isTrailerBarred = hasBody ? trailerRule(nominated) : undefined;
    // With a body it is an ordinary request: a 101 before its end would be the client's fault, and count against the upstream.
    this.upgrade = request.upgrade === null || hasBody ? undefined : offeredProtocol(request.upgrade);
    const { proxyProtocol } = parts.upstreams;
    this.preamble = proxyProtocol === null ? undefined : proxyPreamble(proxyProtocol, context);
    this.report = new Report(parts.name);
  }

  get upstream(): Upstream {
    return this.current!;
  }

  /** The server sends 100 itself, when the body is read: once the upstream has agreed to it. */
  onInform(status: number, interim: HttpHeaders): void {
    if (status !== 100) this.context.inform(status, endToEnd(interim));
  }

  addHeader(name: string, value: string): void {
    this.fields = new JudgedFields(
      `${this.fields.text}${toLines(new HttpHeaders(null, true).append(name, value).fields)}`,
    );
  }

  /** Tries upstreams until one has answered, and passes its answer on. One promise for all of it: each costs time. */
  async run(): Promise<void> {
    const { context, parts } = this;
    const { upstreams, settings } = parts;
    context.set(upstreamKey, this.report);
    context.onAbort((reason) => this.abort(reason));
    upstreams.unanswered += 1;
    try {
      for (;;) {
        const { now } = upstreams;
        this.startedAt = now;
        const upstream = upstreams.take(context, this.tried, now) ?? (await this.waitForTurn(now));
        const isLastChance = upstreams.tookResting;
        this.begin(upstream);
        try {
          if (settings.attempt === null) this.response = await this.send().response;
          else await this.around(settings.attempt);
        } catch (error) {
          const failure = this.failed(error);
          if (failure.isUnprocessed && this.mayTryOther(failure, isLastChance)) continue;
          if (failure.stage !== 'connect' && this.mayRetry(failure)) continue;
          this.giveUp(failure);
          return;
        }
        this.answered(upstream);
        if (this.mayRetryStatus()) continue;
        this.pass(upstream);
        return;
      }
    } finally {
      this.returnBudget();
      upstreams.unanswered -= 1;
    }
  }

  /** Sends the request to the current upstream. */
  send(): ClientCall {
    const { client } = this.parts;
    const call = client.request(this.upstream.origin, this);
    this.call = call;
    this.report.begin(this.upstream.address, call, this.startedAt);
    return call;
  }

  private begin(upstream: Upstream): void {
    const { retry } = this.parts.upstreams;
    this.current = upstream;
    this.observer = upstream;
    this.response = null;
    this.number += 1;
    this.keepBody();
    this.headTimeoutMs = retry !== null && this.hasMoreAttempts ? (retry.perTryMs ?? undefined) : undefined;
    if (this.abortReason === null) return;
    upstream.callOver();
    throw this.abortReason;
  }

  /** Kept for another attempt. Over HTTP/2 any request may get one, because the upstream says what it has not processed. */
  private keepBody(): void {
    const { keepBodyBytes } = this.parts.settings;
    if (this.body === undefined || keepBodyBytes === 0) return;
    const { protocol = 'http1' } = this.upstream.origin;
    if (protocol !== 'http1' || this.isRepeatable) (this.body as RequestBody).keep(keepBodyBytes);
  }

  private answered(upstream: Upstream): void {
    const { parts, report } = this;
    this.returnBudget();
    report.headAt = parts.upstreams.now;
    parts.upstreams.measured(upstream, report.startedAt, report.headAt);
  }

  /** Returns the failure of the upstream; throws every other one. */
  private failed(error: unknown): ClientError {
    this.returnBudget();
    this.report.failure = upstreamFailure(error);
    if (!ClientError.is(error)) throw error;
    this.isNews ||= this.upstream.firstFailure === error;
    return error;
  }

  private returnBudget(): void {
    if (this.hasBudget) this.parts.upstreams.budget.release();
    this.hasBudget = false;
  }

  /** The middleware around attempts may answer without sending anything. */
  private async around(run: NonNullable<ProxySettings['attempt']>): Promise<void> {
    const { upstream } = this;
    this.fields = this.lines;
    this.call = null;
    try {
      await run(this);
    } finally {
      if (this.call === null) upstream.callOver();
    }
    if (this.response === null)
      throw proxyError('PROXY_REQUEST', 'a middleware around the attempt did not call next()');
  }

  private async waitForTurn(now: number): Promise<Upstream> {
    const waiter = this.parts.upstreams.wait(this.tried, now);
    this.waiter = waiter;
    try {
      return await waiter.turn;
    } finally {
      this.startedAt = this.parts.upstreams.now;
      this.waiter = null;
    }
  }

  private abort(reason: Error): void {
    this.abortReason = reason;
    this.waiter?.leave(reason);
    this.call?.abort(reason);
  }

  /** Whether sending it twice has no other effect than once, as far as its method says. */
  private get isRepeatable(): boolean {
    return isIdempotent(this.method) || this.parts.upstreams.retry?.methods.has(this.method) === true;
  }

  private get hasMoreAttempts(): boolean {
    const { retry } = this.parts.upstreams;
    return retry !== null && this.number < retry.attempts && this.isRepeatable;
  }

  /** The upstream has done nothing with it, so any request may go to another one. */
  private mayTryOther(failure: ClientError, isLastChance: boolean): boolean {
    const { upstreams } = this.parts;
    const { retry } = upstreams;
    if (this.abortReason !== null || isLastChance) return false;
    if (retry !== null && (this.number >= retry.attempts || !retry.hasFailure(failure.code))) return false;
    this.tried = [...this.tried, this.upstream];
    if (upstreams.isExhausted(this.tried, upstreams.now)) return false;
    return failure.stage === 'connect' || this.body === undefined || (this.body as RequestBody).rewind();
  }

  /** The request was sent: it may be sent again only if that does no harm. */
  private mayRetry(failure: ClientError): boolean {
    const { retry } = this.parts.upstreams;
    return retry?.hasFailure(failure.code) === true && this.prepareRetry();
  }

  private mayRetryStatus(): boolean {
    const { retry } = this.parts.upstreams;
    if (retry === null || !retry.hasStatus(this.response!.status) || this.response!.channel !== null) return false;
    if (!this.prepareRetry()) return false;
    this.call?.releaseBody(); // it is sent again
    disposeBody(this.response!.body, new Error('The request is sent to another upstream'));
    return true;
  }

  private prepareRetry(): boolean {
    const { upstreams } = this.parts;
    if (this.abortReason !== null || !this.hasMoreAttempts) return false;
    if (this.body !== undefined && !(this.body as RequestBody).rewind()) return false;
    if (!upstreams.budget.take(Math.max(upstreams.active, upstreams.unanswered))) return false;
    this.hasBudget = true;
    this.tried = [...this.tried, this.upstream];
    // The only one may get it again: it has answered, or may have been restarted meanwhile.
    if (upstreams.isExhausted(this.tried, upstreams.now)) this.tried = none;
    return true;
  }

  private pass(upstream: Upstream): void {
    const { context, parts, response } = this;
    passAnswer(context, response!, parts.settings, upstream.origin, this.call?.httpVersion ?? '1.1');
    parts.upstreams.bind(context, upstream);
  }

  /**
   * A failure that was already logged only sets its status: a thrown error would be logged by the server, and an
   * upstream that is down would fill the log with one line per request.
   */
  private giveUp(failure: ClientError): void {
    const isLogged = failure.stage === 'connect' && (this.parts.hasLog || !this.isNews);
    const { request, response } = this.context;
    const error = toProxyError(failure, this.upstream.address, isGrpc(request.headers.get('content-type')));
    if (!isLogged) throw error;
    response.status = error.status;
    if (error.headers !== null) response.headers.assign(error.headers);
  }
}

/** The Host that the upstream sees; `undefined`: its own. */
function hostFor({ host, port }: HttpRequest, { keepsHost, fixedHost }: ProxySettings): string | undefined {
  if (!keepsHost || host === '') return fixedHost ?? undefined;
  return port === null ? host : `${host}:${port}`;
}

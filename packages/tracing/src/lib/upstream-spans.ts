import type * as api from '@opentelemetry/api';
import { type ContextKey, contextKey, type HttpContext, type Outcome } from '@windhover/core';
import type { OpenTelemetryApi } from './open-telemetry-api.ts';

/** The facts about a call to an upstream that a span needs. `@windhover/proxy` sets them. Times are milliseconds since the epoch, with fractions. */
interface UpstreamReport {
  readonly name: string;
  readonly address?: string;
  readonly attempts: number;
  readonly startedAt: number;
  readonly connectedAt: number | null;
  readonly headAt: number | null;
  readonly failure: string | null;
}

/** The key of `@windhover/proxy`, and that of `fallback` for the upstreams that failed before it was used. */
const reportKey: ContextKey<UpstreamReport> = contextKey('proxy.upstream');
const failedKey: ContextKey<readonly UpstreamReport[]> = contextKey('proxy.failedUpstreams');

/**
 * Makes a span for each upstream that was asked, when the request has ended, since only then all is known: a request without an upstream
 * costs nothing. The span is that of the last attempt.
 *
 * @param above holds the span of the request
 */
export function makeUpstreamSpans(
  otel: OpenTelemetryApi,
  above: api.Context,
  context: HttpContext,
  { endedAt }: Pick<Outcome, 'endedAt'>,
): void {
  const last = context.get(reportKey);
  const failed = context.get(failedKey) ?? [];
  const reports = last === undefined || failed.includes(last) ? failed : [...failed, last];
  for (const [index, report] of reports.entries())
    makeSpan(otel, above, report, reports[index + 1]?.startedAt ?? endedAt);
}

function makeSpan(otel: OpenTelemetryApi, above: api.Context, report: UpstreamReport, endedAt: number): void {
  const { name, startedAt, connectedAt, headAt, failure } = report;
  const options = {
    kind: otel.SpanKind.CLIENT,
    startTime: toTime(startedAt),
    attributes: upstreamAttributes(report),
  };
  const span = otel.trace.getTracer('@windhover/tracing').startSpan(`upstream ${name}`, options, above);
  if (connectedAt !== null) span.addEvent('connected', toTime(connectedAt));
  if (headAt !== null) span.addEvent('response head', toTime(headAt));
  if (failure !== null) span.setStatus({ code: otel.SpanStatusCode.ERROR });
  span.end(toTime(Math.max(endedAt, headAt ?? startedAt)));
}

/** OpenTelemetry's semantic conventions for HTTP clients, as far as they are known. */
function upstreamAttributes({ name, address, attempts, failure }: UpstreamReport): Record<string, string | number> {
  return {
    'windhover.upstream': name,
    ...(address === undefined ? {} : { 'server.address': address }),
    ...(attempts > 1 ? { 'http.request.resend_count': attempts - 1 } : {}),
    ...(failure === null ? {} : { 'error.type': failure }),
  };
}

/** Seconds and nanoseconds: a number could be taken for one of another clock. */
function toTime(milliseconds: number): [seconds: number, nanoseconds: number] {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1_000_000)];
}

import type * as api from '@opentelemetry/api';
import type { Handler, HttpContext, Outcome } from '@windhover/core';
import type { OpenTelemetryApi } from './open-telemetry-api.ts';
import { outcomeAttributes, requestAttributes, spanName } from './span-attributes.ts';
import type { TraceParent } from './trace-parent.ts';
import { makeUpstreamSpans } from './upstream-spans.ts';

/** The span of a request. */
export interface ServerSpan {
  /** The span as the parent of what follows. */
  readonly parent: TraceParent;
  readonly state: string | null;
  /** Runs the rest of the pipeline with the span as the active one. */
  run(next: Handler<HttpContext>): void | Promise<void>;
}

/** Starts the span of a request, which ends with its exchange. Returns `null` if no SDK is registered. */
export function startServerSpan(
  otel: OpenTelemetryApi,
  context: HttpContext,
  parent: TraceParent | null,
  state: string | null,
): ServerSpan | null {
  const tracer = otel.trace.getTracer('@windhover/tracing');
  const above = parent === null ? otel.ROOT_CONTEXT : remoteContext(otel, parent, state);
  const { method } = context.request;
  const options = { kind: otel.SpanKind.SERVER, attributes: requestAttributes(context) };
  const span = tracer.startSpan(spanName(method, context.route), options, above);
  const own = span.spanContext();
  // Without an SDK the API returns the span of the caller, or an invalid one.
  if (!otel.isSpanContextValid(own) || own.spanId === parent?.spanId) return null;
  const inside = otel.trace.setSpan(above, span);
  context.onSent((outcome) => {
    makeUpstreamSpans(otel, inside, context, outcome);
    endSpan(otel, span, context, method, outcome);
  });
  return {
    parent: { traceId: own.traceId, spanId: own.spanId, sampled: (own.traceFlags & 1) === 1 },
    state: own.traceState?.serialize() || null,
    run: (next) => otel.context.with(inside, next, undefined, context),
  };
}

function remoteContext(otel: OpenTelemetryApi, parent: TraceParent, state: string | null): api.Context {
  return otel.trace.setSpanContext(otel.ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: parent.sampled ? 1 : 0,
    isRemote: true,
    ...(state === null ? {} : { traceState: otel.createTraceState(state) }),
  });
}

function endSpan(otel: OpenTelemetryApi, span: api.Span, context: HttpContext, method: string, outcome: Outcome): void {
  span.updateName(spanName(method, context.route));
  span.setAttributes(outcomeAttributes(context, outcome));
  const isBug = outcome.end === 'handler-failed';
  if (isBug && outcome.error !== undefined) span.recordException(outcome.error);
  if (isBug || outcome.status >= 500) span.setStatus({ code: otel.SpanStatusCode.ERROR });
  span.end();
}

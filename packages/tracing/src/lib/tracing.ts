import type { HttpContext, Middleware } from '@windhover/core';
import { checkOptions, type Rules, rule, withFunctions } from '@windhover/options';
import { optionError } from './errors.ts';
import type { OpenTelemetryApi } from './open-telemetry-api.ts';
import { randomHex } from './random-hex.ts';
import { startServerSpan } from './start-server-span.ts';
import { formatTraceParent, parseTraceParent, type TraceParent } from './trace-parent.ts';
import { parseTraceState } from './trace-state.ts';
import { tracingContextKey } from './tracing-context.ts';

/** Options of `tracing`. */
export interface TracingOptions {
  /**
   * Whether a trace that comes with the request is continued; a function decides by the context and must return `true`.
   * Default: `true`, as everywhere in the field: an id of a trace opens nothing. Use `false` where strangers should not
   * be able to add to your traces, or decide that they are recorded.
   */
  readonly trust?: boolean | ((context: HttpContext) => boolean);
  /**
   * The share of new traces that are marked as recorded if there is no SDK to decide, from 0 to 1. Default: 1, because
   * applications behind follow the mark: 0 would switch off their traces.
   */
  readonly sample?: number;
  /**
   * The module `@opentelemetry/api`, to make spans. It makes none until an SDK is registered. Default: none; traces
   * are passed on and named in logs only.
   */
  readonly opentelemetry?: OpenTelemetryApi;
}

const optionRules: Rules<TracingOptions> = {
  trust: rule('true, false or a function', (value) => typeof value === 'boolean' || typeof value === 'function'),
  sample: rule('a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1),
  opentelemetry: rule('the module @opentelemetry/api', isApi),
};

/**
 * Continues the trace of the request or begins one (W3C Trace Context), names it for logs under `tracingContextKey`, and
 * passes it on in the request itself, so that upstreams and applications see it. With an SDK of OpenTelemetry it makes
 * a span for each request. Throws `TRACING_OPTION_INVALID` when it is created.
 */
export function tracing(options: TracingOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, optionError);
  const { trust = true, sample = 1, opentelemetry } = options;
  // Only `true` counts: an async function returns a promise, and would otherwise trust everybody.
  const trusts = typeof trust === 'function' ? (context: HttpContext) => trust(context) === true : () => trust;
  return function tracing(context, next) {
    const { headers } = context.request;
    const parent = trusts(context) ? parseTraceParent(headers.getAll('traceparent')) : null;
    const state = parent === null ? null : parseTraceState(headers.getAll('tracestate'));
    const span = opentelemetry === undefined ? null : startServerSpan(opentelemetry, context, parent, state);
    const current = span?.parent ?? parent ?? newTrace(sample);
    headers.set('traceparent', formatTraceParent(current));
    const nextState = span === null ? state : span.state;
    if (nextState === null) headers.delete('tracestate');
    else headers.set('tracestate', nextState);
    context.set(tracingContextKey, current);
    return span === null ? next(context) : span.run(next);
  };
}

function newTrace(sample: number): TraceParent {
  return { traceId: randomHex(16), spanId: randomHex(8), sampled: sample === 1 || Math.random() < sample };
}

function isApi(value: unknown): boolean {
  const { trace, context } = Object(value) as { trace?: unknown; context?: unknown };
  const hasTracer = withFunctions(['getTracer', 'setSpan']).fault(trace, '') === null;
  return hasTracer && withFunctions(['with', 'active']).fault(context, '') === null;
}

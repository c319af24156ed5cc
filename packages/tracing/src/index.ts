export { type TracingErrorCode, tracingErrors } from './lib/errors.ts';
export type { OpenTelemetryApi } from './lib/open-telemetry-api.ts';
export { formatTraceParent, parseTraceParent, type TraceParent } from './lib/trace-parent.ts';
export { parseTraceState } from './lib/trace-state.ts';
export { type TracingOptions, tracing } from './lib/tracing.ts';
export { type TracingContext, tracingContextKey } from './lib/tracing-context.ts';

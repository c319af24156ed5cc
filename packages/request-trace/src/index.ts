export { createRequestTrace, type RequestTrace, type RequestTraceOptions } from './lib/create-request-trace.ts';
export { type RequestTraceErrorCode, requestTraceErrors } from './lib/errors.ts';
export type { Trace, TraceStep, TraceSummary } from './lib/trace.ts';
export { recorderKey, TraceRecorder } from './lib/trace-recorder.ts';
export { describeRule, type TraceRule } from './lib/trace-rule.ts';
export { TraceStore } from './lib/trace-store.ts';

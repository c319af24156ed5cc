import { type ContextKey, contextKey } from '@windhover/core';

/** The trace and span of a request. */
export interface TracingContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** The trace of the request, for logs. Set by `tracing`. */
export const tracingContextKey: ContextKey<TracingContext> = contextKey('tracing.context');

import type * as api from '@opentelemetry/api';

/** The module `@opentelemetry/api`. */
export type OpenTelemetryApi = Pick<
  typeof api,
  'context' | 'createTraceState' | 'isSpanContextValid' | 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode' | 'trace'
>;

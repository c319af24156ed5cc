import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { type OpenTelemetryApi, parseTraceParent, tracing } from '@windhover/tracing';
import { z } from 'zod';

const schema = z
  .strictObject({
    trust: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether a trace that comes with the request is continued. Default: true, as everywhere. false where strangers should not add to your traces.',
      ),
    sample: z
      .number()
      .min(0)
      .max(1)
      .exactOptional()
      .describe(
        'The share of new traces that are marked as recorded, if there is no SDK to decide. Default: 1, since applications behind follow the mark.',
      ),
  })
  .describe(
    'Continues or begins a trace (W3C traceparent and tracestate), for logs and upstreams. Makes spans where an SDK of OpenTelemetry is registered.',
  );

/** `tracing`: continues or begins a trace, and makes spans where an SDK of OpenTelemetry is registered. */
export const tracingFeature: Feature<z.output<typeof schema>> = {
  name: 'tracing',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'replace',
  schema,
  create(options, { location }) {
    const opentelemetry = loadApi(location.directory);
    const run = tracing(opentelemetry === null ? options : { ...options, opentelemetry });
    return { layers: [{ phase: 'edge', run, explain: (request) => [explainTrace(request, options.trust ?? true)] }] };
  },
};

function explainTrace({ headers }: HttpRequest, trusts: boolean): Reason {
  const parent = trusts ? parseTraceParent(headers.getAll('traceparent')) : null;
  if (parent !== null)
    return { decision: `continues the trace ${parent.traceId}`, because: 'it came with the request' };
  return { decision: 'begins a trace', because: trusts ? 'no valid one came with the request' : '`trust` is false' };
}

/**
 * Several copies of the API may be installed. An older SDK does not show itself to a newer copy, so one that sees the
 * SDK is preferred, then the one beside the configuration.
 */
function loadApi(directory: string): OpenTelemetryApi | null {
  const places = [join(directory, 'windhover.yaml'), import.meta.url];
  const copies = places.map(requireApi).filter((copy) => copy !== null);
  return copies.find(seesSdk) ?? copies[0] ?? null;
}

function requireApi(from: string): OpenTelemetryApi | null {
  try {
    return createRequire(from)('@opentelemetry/api') as OpenTelemetryApi;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null; // it is optional
    throw error;
  }
}

/** Without an SDK the API makes invalid spans. This one is never ended, so nothing is exported. */
function seesSdk({ trace, isSpanContextValid }: OpenTelemetryApi): boolean {
  return isSpanContextValid(trace.getTracer('@windhover/features').startSpan('probe').spanContext());
}

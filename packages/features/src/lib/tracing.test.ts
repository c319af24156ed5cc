import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { contextKey } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { expect, it, onTestFinished } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };

async function traceOf(text: string): Promise<string | undefined> {
  const handler = await handlerOf(`${text}\nsites: { a: { routes: [{ path: /, respond: hello }] } }`);
  let seen: string | undefined;
  await runHandler(
    async (context) => {
      await handler(context);
      seen = context.get(contextKey<{ traceId: string }>('tracing.context'))?.traceId;
    },
    { headers },
  );
  return seen;
}

it('tracing: true continues a trace, { trust: false } begins one, false has none', async () => {
  expect(await traceOf('tracing: true')).toBe(traceId);
  expect(await traceOf('tracing: { trust: false }')).not.toBe(traceId);
  expect(await traceOf('tracing: { trust: false }')).toMatch(/^[0-9a-f]{32}$/);
  expect(await traceOf('tracing: false')).toBeUndefined();
});

it('tracing: true makes spans with the SDK that the program has registered', async () => {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  onTestFinished(() => trace.disable());
  await traceOf('tracing: true');
  const [span] = exporter.getFinishedSpans();
  expect([span!.name, span!.attributes['windhover.site'], span!.spanContext().traceId]).toEqual([
    'GET /',
    'a',
    traceId,
  ]);
});

import * as opentelemetry from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { contextKey, type HttpContext, HttpError } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseTraceParent } from '../src/lib/trace-parent.ts';
import { tracing } from '../src/lib/tracing.ts';
import { tracingContextKey } from '../src/lib/tracing-context.ts';

const { SpanKind, SpanStatusCode, trace } = opentelemetry;
const exporter = new InMemorySpanExporter();
const middleware = tracing({ opentelemetry }); // before an SDK is registered, as in a program that loads it later

const run = (handle: (context: HttpContext) => void | Promise<void>, init: RunInit | string = '/') =>
  runHandler(checkedCompose([middleware], handle), init);

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

describe('with an SDK of OpenTelemetry', () => {
  beforeEach(() => {
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    trace.setGlobalTracerProvider(provider);
    opentelemetry.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterEach(() => {
    trace.disable();
    opentelemetry.context.disable();
    exporter.reset();
  });

  it('makes a span for each request, named by method and route, without the query', async () => {
    await run(
      (context) => {
        context.route = '/users/:id';
        context.site = 'shop';
        context.response.body = 'hello';
      },
      { url: '/users/7?token=secret', headers: { Host: 'shop.example:8080', 'User-Agent': 'curl' } },
    );
    const [span] = exporter.getFinishedSpans();
    expect([span!.name, span!.kind, span!.status.code]).toEqual([
      'GET /users/:id',
      SpanKind.SERVER,
      SpanStatusCode.UNSET,
    ]);
    expect(span!.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'http.route': '/users/:id',
      'url.scheme': 'http',
      'url.path': '/users/7',
      'network.protocol.version': '1.1',
      'server.address': 'shop.example',
      'server.port': 8080,
      'client.address': '127.0.0.1',
      'user_agent.original': 'curl',
      'windhover.site': 'shop',
    });
  });

  it('continues the trace of the caller, and passes its own span on', async () => {
    let sent: readonly string[] = [];
    let state: string | undefined;
    await run(
      ({ request, response }) => {
        sent = request.headers.getAll('traceparent');
        state = request.headers.get('tracestate');
        response.status = 204;
      },
      { headers: { traceparent, tracestate: 'rojo=1' } },
    );
    const [span] = exporter.getFinishedSpans();
    expect(span!.parentSpanContext).toMatchObject({ traceId, spanId: 'b7ad6b7169203331', isRemote: true });
    expect(parseTraceParent(sent)).toEqual({ traceId, spanId: span!.spanContext().spanId, sampled: true });
    expect(state).toBe('rojo=1');
  });

  it('names the span for logs, also when the request has ended', async () => {
    let context: HttpContext | undefined;
    await run((seen) => {
      context = seen;
      seen.response.status = 204;
    });
    const own = exporter.getFinishedSpans()[0]!.spanContext();
    const named = context!.get(tracingContextKey);
    expect(named).toEqual({ traceId: own.traceId, spanId: own.spanId, sampled: true });
  });

  it('is the parent of spans that the handler makes, after a pause too', async () => {
    await run(async ({ response }) => {
      await new Promise((resolve) => setImmediate(resolve));
      trace.getTracer('application').startSpan('query').end();
      response.status = 204;
    });
    const [query, server] = exporter.getFinishedSpans();
    expect(query!.name).toBe('query');
    expect(query!.parentSpanContext!.spanId).toBe(server!.spanContext().spanId);
  });

  it('makes a span for each upstream that was asked, inside of that of the request', async () => {
    const began = Date.now() - 50;
    const report = { name: 'shop', address: 'http://10.0.0.5:3000', attempts: 2, startedAt: began + 0.25 };
    const gone = {
      name: 'old',
      attempts: 1,
      startedAt: began - 10,
      connectedAt: null,
      headAt: null,
      failure: 'connect',
    };
    await run((context) => {
      context.set(contextKey('proxy.failedUpstreams'), [gone]);
      context.set(contextKey('proxy.upstream'), {
        ...{ ...report, connectedAt: began + 2.5, headAt: began + 7.125, failure: null },
      });
      context.response.status = 204;
    });
    const [failed, call, server] = exporter.getFinishedSpans();
    expect([failed!.name, failed!.kind, failed!.status.code, failed!.attributes['error.type']]).toEqual([
      ...['upstream old', SpanKind.CLIENT, SpanStatusCode.ERROR, 'connect'],
    ]);
    expect(failed!.endTime).toEqual(call!.startTime);
    expect([call!.name, call!.status.code, call!.attributes]).toEqual([
      'upstream shop',
      SpanStatusCode.UNSET,
      { 'windhover.upstream': 'shop', 'server.address': 'http://10.0.0.5:3000', 'http.request.resend_count': 1 },
    ]);
    const sinceBegan = ([seconds, nanoseconds]: readonly number[]): number =>
      Math.round((seconds! * 1000 - began) * 1000 + nanoseconds! / 1000);
    expect(sinceBegan(call!.startTime)).toBe(250);
    expect(call!.events.map(({ name, time }) => [name, sinceBegan(time)])).toEqual([
      ['connected', 2500],
      ['response head', 7125],
    ]);
    for (const span of [failed, call]) expect(span!.parentSpanContext!.spanId).toBe(server!.spanContext().spanId);
  });

  it('tells a bug from a refusal', async () => {
    await run(() => {
      throw new TypeError('a bug');
    });
    await run(() => {
      throw new HttpError(403, 'NO', 'no');
    });
    const [bug, refusal] = exporter.getFinishedSpans();
    expect([bug!.status.code, bug!.attributes['error.type'], bug!.events[0]!.name]).toEqual([
      SpanStatusCode.ERROR,
      'handler-failed',
      'exception',
    ]);
    expect([refusal!.status.code, refusal!.attributes['http.response.status_code'], refusal!.events]).toEqual([
      SpanStatusCode.UNSET,
      403,
      [],
    ]);
  });

  it('does not let clients make names of spans', async () => {
    await run(({ response }) => void (response.status = 204), { method: 'BREW', url: '/x' });
    const [span] = exporter.getFinishedSpans();
    expect([span!.name, span!.attributes['http.request.method']]).toEqual(['HTTP', '_OTHER']);
  });
});

it('passes the trace on as it came while no SDK is registered', async () => {
  let sent: readonly string[] = [];
  await run(
    ({ request, response }) => {
      sent = request.headers.getAll('traceparent');
      response.status = 204;
    },
    { headers: { traceparent } },
  );
  expect([sent, exporter.getFinishedSpans()]).toEqual([[traceparent], []]);
});

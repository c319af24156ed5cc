import { type HttpContext, HttpError } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { parseTraceParent } from './trace-parent.ts';
import { type TracingOptions, tracing } from './tracing.ts';
import { type TracingContext, tracingContextKey } from './tracing-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

interface Seen {
  readonly context: TracingContext | undefined;
  readonly traceparent: string[];
  readonly tracestate: string[];
}

/** What stands behind the middleware sees. */
async function run(headers: NonNullable<RunInit['headers']>, options: TracingOptions = {}): Promise<Seen> {
  let seen: Seen | null = null;
  const handle = (context: HttpContext): void => {
    const { headers } = context.request;
    seen = {
      context: context.get(tracingContextKey),
      traceparent: [...headers.getAll('traceparent')],
      tracestate: [...headers.getAll('tracestate')],
    };
    context.response.status = 204;
  };
  await runHandler(checkedCompose([tracing(options)], handle), { headers });
  return seen!;
}

describe('tracing()', () => {
  it('passes on a trace that comes with the request, and names it for logs', async () => {
    const seen = await run({ traceparent, tracestate: 'rojo=1, congo=2' });
    expect(seen).toEqual({
      context: { traceId, spanId: 'b7ad6b7169203331', sampled: true },
      traceparent: [traceparent],
      tracestate: ['rojo=1,congo=2'],
    });
  });

  it.each([
    ['no trace', {}],
    ['an invalid one', { traceparent: `00-${traceId}-0000000000000000-01`, tracestate: 'rojo=1' }],
    ['a state alone', { tracestate: 'rojo=1' }],
  ])('begins a trace for %s, without the state', async (_what, headers) => {
    const seen = await run(headers);
    const sent = parseTraceParent(seen.traceparent);
    expect(sent).toEqual(seen.context);
    expect(sent!.traceId).not.toBe(traceId);
    expect([sent!.sampled, seen.tracestate]).toEqual([true, []]);
    expect((await run(headers)).context!.traceId).not.toBe(sent!.traceId);
  });

  it('drops an invalid state, and continues the trace', async () => {
    const seen = await run({ traceparent, tracestate: 'ROJO' });
    expect([seen.traceparent, seen.tracestate]).toEqual([[traceparent], []]);
  });

  it('begins a trace for those who are not trusted, and does not take a promise for a yes', async () => {
    const asynchronous = (async () => true) as never;
    for (const trust of [false, () => false, asynchronous]) {
      const seen = await run({ traceparent, tracestate: 'rojo=1' }, { trust });
      expect(seen.context!.traceId).not.toBe(traceId);
      expect(seen.tracestate).toEqual([]);
    }
    const trust = ({ client }: HttpContext): boolean => client.address === '127.0.0.1';
    expect((await run({ traceparent }, { trust })).context!.traceId).toBe(traceId);
  });

  it('marks the share of new traces that it is told', async () => {
    expect((await run({}, { sample: 0 })).context!.sampled).toBe(false);
    expect((await run({ traceparent }, { sample: 0 })).context!.sampled).toBe(true);
  });

  it('passes on what fails', async () => {
    const fail = (): never => {
      throw new HttpError(404, 'TEST_MISSING', 'There is none');
    };
    expect((await runHandler(checkedCompose([tracing()], fail), '/')).status).toBe(404);
  });

  it.each([
    [{ trus: true }, /trus/],
    [{ trust: 'yes' }, /trust: expected true, false or a function/],
    [{ sample: 2 }, /sample: expected a number from 0 to 1/],
    [{ opentelemetry: {} }, /opentelemetry: expected the module/],
  ])('refuses %o', (options, message) => {
    expect(() => tracing(options as never)).toThrow(message);
  });
});

import { contextKey, type HttpContext, HttpError, type Middleware } from '@windhover/core';
import { checkedCompose, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createRequestTrace, type RequestTrace, type RequestTraceOptions } from './create-request-trace.ts';
import type { Trace } from './trace.ts';
import { recorderKey } from './trace-recorder.ts';

const every: RequestTraceOptions = { rules: [{}] };

const passes: Middleware<HttpContext> = (context, next) => next(context);

function hello({ response }: HttpContext): void {
  response.body = 'hello';
}

/** Runs a request through layers `a`, `b`, … and returns its trace. */
async function traceOf(
  layers: readonly Middleware<HttpContext>[],
  handler: (context: HttpContext) => void | Promise<void> = hello,
  request: Parameters<typeof runHandler>[1] = '/',
): Promise<Trace> {
  const trace = createRequestTrace(every);
  await run(trace, layers, handler, request);
  return only(trace);
}

function run(
  trace: RequestTrace,
  layers: readonly Middleware<HttpContext>[],
  handler: (context: HttpContext) => void | Promise<void> = hello,
  request: Parameters<typeof runHandler>[1] = '/',
) {
  const wrapped = layers.map((each, index) => trace.wrap({ feature: 'abcdef'[index]!, run: each }));
  return runHandler(checkedCompose([trace.middleware, ...wrapped], handler), request);
}

function only({ store }: RequestTrace): Trace {
  const [summary, ...others] = store.list();
  expect(others).toEqual([]);
  return store.get(summary!.id)!;
}

describe('createRequestTrace()', () => {
  it('keeps what each layer did, the outer ones around the inner ones', async () => {
    const later: Middleware<HttpContext> = async (context, next) => {
      await Promise.resolve();
      await next(context);
    };
    const trace = await traceOf([passes, later, ({ response }) => void (response.status = 404)]);
    expect(trace.steps.map(({ feature, outcome }) => [feature, outcome])).toEqual([
      ['a', 'passed on'],
      ['b', 'passed on'],
      ['c', 'answered 404'],
    ]);
    const [a, b, c] = trace.steps as [Trace['steps'][0], Trace['steps'][0], Trace['steps'][0]];
    expect(a.from).toBeLessThanOrEqual(b.from);
    expect(b.from).toBeLessThanOrEqual(c.from);
    expect(c.to).toBeLessThanOrEqual(b.to);
    expect(b.to).toBeLessThanOrEqual(a.to);
    expect(trace).toMatchObject({
      status: 404,
      end: 'complete',
      method: 'GET',
      url: '/',
      isCut: false,
      rule: 'every request',
    });
    expect(trace.events.map(({ text }) => text)).toEqual([
      'the head of the answer is decided: 404',
      'over: complete, 0 bytes of content sent',
    ]);
  });

  it.each([
    [
      'at once',
      () => {
        throw new HttpError(418, 'TEST_POT', 'short and stout');
      },
    ],
    [
      'later',
      async () => {
        await Promise.resolve();
        throw new HttpError(418, 'TEST_POT', 'short and stout');
      },
    ],
  ])('says what a layer threw %s, and passes it on', async (_when, fail) => {
    const trace = await traceOf([passes, fail]);
    expect(trace.steps.map(({ outcome }) => outcome)).toEqual([
      'threw TEST_POT: short and stout',
      'threw TEST_POT: short and stout',
    ]);
    expect(trace.status).toBe(418);
  });

  it('keeps only what a rule covers', async () => {
    const trace = createRequestTrace();
    expect((await run(trace, [passes])).text()).toBe('hello');
    expect(trace.store.size).toBe(0);
    await run(trace, [passes], ({ response }) => void (response.status = 503));
    expect(only(trace).rule).toBe('status 500-599 or no answer');
  });

  it('leaves out credentials, and cuts what is long', async () => {
    const trace = await traceOf([passes], hello, {
      url: '/?token=secret&q=1',
      headers: {
        authorization: 'Basic secret',
        cookie: 'sid=secret',
        'x-api-key': 'secret',
        'x-long': 'x'.repeat(5000),
      },
    });
    expect(JSON.stringify(trace)).not.toContain('secret');
    expect(trace.url).toBe('/?token=[redacted]&q=1');
    expect(Object.fromEntries(trace.requestHeaders)['x-long']).toHaveLength(1000);
  });

  it('leaves credentials out of URLs in any field, and of what a layer says of the target', async () => {
    const trace = createRequestTrace(every);
    const tells = trace.wrap({
      feature: 'proxy',
      run: passes,
      explain: ({ target }) => [{ decision: `forwards ${target} to http://ann:secret@a`, because: 'it is so' }],
    });
    await runHandler(
      checkedCompose([trace.middleware, tells], ({ response }) => {
        response.headers.set('WWW-Authenticate', 'Negotiate secret').set('Link', '</a?token=secret>; rel=next');
      }),
      {
        url: '/p?access_token=secret',
        headers: { 'x-original-url': '/p?access_token=secret', 'x-forwarded-authorization': 'secret', dpop: 'secret' },
      },
    );
    const kept = JSON.stringify(only(trace));
    expect(kept).not.toContain('secret');
    expect(kept).toContain('forwards /p?access_token=[redacted] to http://[redacted]@a');
    expect(kept).toContain('Negotiate [redacted]');
  });

  it('takes no more than twenty reasons, and none of an explanation that is a promise', async () => {
    const trace = createRequestTrace(every);
    const reason = { decision: 'passes on', because: 'it always does' };
    const many = trace.wrap({ feature: 'many', run: passes, explain: () => new Array(1000).fill(reason) });
    const late = trace.wrap({
      feature: 'late',
      run: passes,
      explain: () => Promise.reject(new Error('later')) as never,
    });
    await runHandler(checkedCompose([trace.middleware, many, late], hello), '/');
    expect(only(trace).steps.map(({ reasons }) => reasons.length)).toEqual([20, 0]);
  });

  it('says what each layer decides, and asks those that change the request before they do', async () => {
    const trace = createRequestTrace(every);
    const rewrite = trace.wrap({
      feature: 'rewrite',
      phase: 'rewrite',
      place: 'rewrite',
      run: (context, next) => {
        context.request.rewrite('/new');
        return next(context);
      },
      explain: (request) => [{ decision: 'rewrites', because: `the path is ${request.path}` }],
    });
    const broken = trace.wrap({
      feature: 'broken',
      run: passes,
      explain() {
        throw new Error('a bug of a plugin');
      },
    });
    await runHandler(checkedCompose([trace.middleware, rewrite, broken], hello), '/old');
    expect(only(trace).steps.map(({ reasons }) => reasons)).toEqual([['rewrites, because the path is /old'], []]);
  });

  it('tells what a proxy and a refusal left behind', async () => {
    const now = Date.now();
    const trace = await traceOf([passes], (context) => {
      context.set(contextKey('proxy.upstream'), {
        ...{ name: 'shop', address: 'http://a', attempts: 2, startedAt: now, connectedAt: null, headAt: null },
        failure: 'connect',
      });
      context.set(contextKey('refusal'), { code: 'RATE_LIMIT_EXCEEDED', rule: 'login' });
      context.response.status = 502;
    });
    const texts = trace.events.map(({ text }) => text);
    expect(texts).toContain('asks http://a, attempt 2');
    expect(texts).toContain('http://a failed: connect');
    expect(texts).toContain('refused: RATE_LIMIT_EXCEEDED by login');
  });

  it('forgets the oldest, and says which layer a request is in', async () => {
    const trace = createRequestTrace({ ...every, keep: 2 });
    let inside: string | null | undefined;
    const look: Middleware<HttpContext> = (context, next) => {
      inside = context.get(recorderKey)?.current;
      return next(context);
    };
    for (const path of ['/1', '/2', '/3']) await run(trace, [passes, look], hello, path);
    expect(inside).toBe('b');
    expect(trace.store.list().map(({ url }) => url)).toEqual(['/3', '/2']);
    expect(trace.store.kept).toBe(3);
    trace.store.clear();
    expect(trace.store.list()).toEqual([]);
  });

  it('bounds the steps of one request', async () => {
    const trace = createRequestTrace(every);
    const again = trace.wrap({ feature: 'again', run: passes });
    await runHandler(
      checkedCompose([trace.middleware], (context) => {
        for (let round = 0; round < 1000; round++) again(context, () => undefined);
      }),
      '/',
    );
    expect(only(trace).steps).toHaveLength(200);
    expect(only(trace).isCut).toBe(true);
  });

  it.each([
    [{ keep: 0 }, /keep: expected a whole number from 1 to 10000, found 0/],
    [{ rules: [] }, /rules: expected a list/],
    [{ rules: [{ status: [[599, 500]] }] }, /rules\[0\]: status: expected a list of \[first, last\]/],
    [{ rules: [{ paths: ['a'] }] }, /rules\[0\]: paths\[0\]: expected a path that begins with \//],
    [{ rules: [{ share: 0 }] }, /rules\[0\]: share: expected a number above 0/],
    [{ rules: [{ slower: 1 }] }, /slower/],
    [{ kep: 1 }, /kep/],
  ])('refuses %j', (options, message) => {
    expect(() => createRequestTrace(options as never)).toThrow(message);
    expect(() => createRequestTrace(options as never)).toThrow(
      expect.objectContaining({ code: 'REQUEST_TRACE_OPTION_INVALID' }),
    );
  });
});

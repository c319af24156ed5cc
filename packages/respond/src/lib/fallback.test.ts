import { contextKey, type Handler, type HttpContext, HttpError, type Middleware } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type FallbackOptions, fallback } from './fallback.ts';

type Warning = readonly [message: string, facts: Readonly<Record<string, unknown>> | undefined];

function run(
  handler: Handler<HttpContext>,
  init: RunInit = {},
  options: Omit<FallbackOptions, 'log'> = {},
  instead: Middleware<HttpContext> = ({ response }) => void (response.body = 'instead'),
  ...layers: Middleware<HttpContext>[]
) {
  const warnings: Warning[] = [];
  const log = { warn: (...line: Warning) => void warnings.push(line) };
  const layer = fallback(instead, { ...options, log: log as never });
  return runHandler(checkedCompose([...layers, layer], handler), init).then((result) => ({ result, warnings }));
}

const answer =
  (status: number, body: string | null = null): Handler<HttpContext> =>
  ({ response }) => {
    response.status = status;
    response.headers.set('X-From', 'upstream');
    response.body = body;
  };
const fail = (status: number) => (): never => {
  throw new HttpError(status, 'UPSTREAM_GONE', 'gone');
};

describe('fallback()', () => {
  it.each([
    ['a status', answer(503)],
    ['a page of its own', answer(502, 'bad gateway')],
    ['an error that is thrown', fail(504)],
    ['an error after a pause', async () => fail(504)()],
  ])('answers instead of %s, and leaves nothing of the failure', async (_what, handler) => {
    const { result } = await run(handler);
    expect([result.status, result.text(), result.headers.has('x-from')]).toEqual([200, 'instead', false]);
  });

  it.each([
    ['an answer', answer(200, 'fine'), 200],
    ['another error', answer(500, 'a bug'), 500],
    ['another error that is thrown', fail(404), 404],
    ['a bug', () => Promise.reject(new TypeError('bug')), 500],
  ])('leaves %s alone', async (_what, handler, status) => {
    const { result } = await run(handler);
    expect([result.status, result.text() === 'instead']).toEqual([status, false]);
  });

  it('takes the statuses that it is told', async () => {
    const options = { on: [404, 500] };
    expect((await run(answer(404), {}, options)).result.text()).toBe('instead');
    expect((await run(() => Promise.reject(new TypeError('bug')), {}, options)).result.text()).toBe('instead');
    expect((await run(answer(503), {}, options)).result.status).toBe(503);
  });

  it('logs an error that no client gets to see', async () => {
    const { warnings } = await run(fail(502), { url: '/a' });
    expect(warnings).toEqual([
      [
        'A fallback has answered',
        { path: '/a', status: 502, error: expect.objectContaining({ status: 502 }) as unknown },
      ],
    ]);
    expect((await run(answer(502))).warnings).toEqual([]);
  });

  it.each([
    ['a page of its own', answer(503, 'come again'), 503, 'come again', 'upstream'],
    ['an error that is thrown', fail(502), 502, 'Bad Gateway\n', undefined],
  ])('answers with %s after all if it has nothing better', async (_what, handler, status, text, from) => {
    const { result, warnings } = await run(handler, {}, {}, (context, next) => next(context));
    expect([result.status, result.text(), result.headers.get('x-from'), warnings.length]).toEqual([
      status,
      text,
      from,
      0,
    ]);
  });

  it('keeps the fields of middlewares further out', async () => {
    const outer: Middleware<HttpContext> = (context, next) => {
      context.response.headers.set('Vary', 'Origin');
      return next(context);
    };
    const { result } = await run(answer(503), {}, {}, undefined, outer);
    expect(result.headers.get('vary')).toBe('Origin');
  });

  const echo: Middleware<HttpContext> = async ({ request, response }) => {
    response.body = `instead: ${await request.body.text()}`;
  };

  it('has the body of the request again if nobody has read it, or all of it was kept', async () => {
    const unread = await run(answer(503), { body: 'form' }, {}, echo);
    expect(unread.result.text()).toBe('instead: form');
    const kept = await run(
      async (context) => {
        context.request.body.keep(100);
        await drain(context);
        return answer(503)(context);
      },
      { body: 'form' },
      {},
      echo,
    );
    expect(kept.result.text()).toBe('instead: form');
  });

  it('answers with the failure if the body is gone', async () => {
    const handler: Handler<HttpContext> = async (context) => {
      await drain(context);
      return answer(503, 'come again')(context);
    };
    const { result } = await run(handler, { body: 'form' }, {}, echo);
    expect([result.status, result.text()]).toEqual([503, 'come again']);
  });

  it('answers with the failure if that is the cause of the error of a proxy', async () => {
    const proxy: Middleware<HttpContext> = async ({ request }) => {
      await request.body.bytes().catch((cause: unknown) => {
        throw new HttpError(502, 'PROXY_REQUEST', 'not sent', { cause });
      });
    };
    const handler: Handler<HttpContext> = async (context) => {
      await drain(context);
      return answer(503, 'come again')(context);
    };
    expect((await run(handler, { body: 'form' }, {}, proxy)).result.text()).toBe('come again');
  });

  it('keeps the reports of the upstreams that failed, for metrics', async () => {
    const report = contextKey<string>('proxy.upstream');
    const seen: unknown[] = [];
    const ask =
      (name: string): Handler<HttpContext> =>
      (context) => {
        context.set(report, name);
        return answer(503)(context);
      };
    const second = fallback((context) => {
      context.set(report, 'third');
      seen.push(context.get(contextKey('proxy.failedUpstreams')));
      context.response.body = 'instead';
    });
    await run(ask('first'), {}, {}, (context) => second(context, ask('second')));
    expect(seen).toEqual([['first', 'second']]);
  });

  it('may fail itself', async () => {
    const { result } = await run(answer(503, 'come again'), {}, {}, fail(500));
    expect(result.status).toBe(500);
  });

  it.each([[undefined], [{ on: [200] }], [{ on: 'all' }], [{ off: [] }]])('refuses %o', (options) => {
    const make = (): unknown =>
      options === undefined ? fallback(undefined as never) : fallback(() => undefined, options as never);
    expect(make).toThrow(expect.objectContaining({ code: 'RESPOND_OPTION_INVALID' }));
  });
});

/** Reads the body without keeping it, as a proxy does. */
function drain({ request }: HttpContext): Promise<void> {
  return new Promise((resolve, reject) => {
    request.body.start({ write: () => true, end: () => resolve(), fail: reject });
  });
}

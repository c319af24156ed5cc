import { after, type Handler, type HttpContext, type HttpResponse, type Middleware } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { checkedCompose } from './checked-compose.ts';
import { runHandler } from './run-handler.ts';
import { makeRequest } from './run-request.ts';
import { TestExchange } from './test-exchange.ts';

const ok: Handler<HttpContext> = ({ response }) => {
  response.status = 200;
  response.body = 'ok';
};
const slowOk: Handler<HttpContext> = async (context) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  ok(context);
};

const run = (middleware: Middleware<HttpContext>, handler: Handler<HttpContext> = slowOk) =>
  runHandler(checkedCompose([middleware], handler));

const withCode = (code: string): unknown => expect.objectContaining({ code });
const failing = async (): Promise<void> => {
  await Promise.resolve();
  throw new Error('no');
};

describe('checkedCompose()', () => {
  it.each<[string, Middleware<HttpContext>]>([
    ['returns next()', (context, next) => next(context)],
    ['awaits next()', async (context, next) => await next(context)],
    ['uses after()', (context, next) => after(next, context, () => context.response.headers.set('x', '1'))],
    ['answers alone', (context) => ok(context)],
    [
      'retries after reset()',
      async (context, next) => {
        await next(context);
        context.response.reset();
        await next(context);
      },
    ],
    [
      'speaks last in onHead',
      (context, next) => {
        context.onHead(({ headers }) => void headers.set('x', '1'));
        return next(context);
      },
    ],
  ])('lets a middleware pass that %s', async (_, middleware) => {
    for (const handler of [ok, slowOk]) {
      const result = await run(middleware, handler);
      expect([result.error, result.status, result.text()]).toEqual([null, 200, 'ok']);
    }
  });

  it('lets a middleware pass that answers for a rest which failed', async () => {
    const result = await run(async (context, next) => {
      try {
        await next(context);
      } catch {
        ok(context);
      }
    }, failing);
    expect([result.error, result.text()]).toEqual([null, 'ok']);
  });

  it('stays synchronous when everybody is', () => {
    const context = new TestExchange({}, makeRequest({}, null), null).context;
    expect(checkedCompose([(c, next) => next(c)], ok)(context)).toBeUndefined();
    expect(context.response.status).toBe(200);
  });

  it.each<[string, Middleware<HttpContext>]>([
    ['forgets it', (context, next) => void next(context)],
    ['forgets it in an async function', async (context, next) => void next(context)],
    ['waits for something else', async (context, next) => void (await Promise.race([next(context), null]))],
  ])("fails a middleware that drops next's promise: it %s", async (_, middleware) => {
    const { error } = await run(middleware);
    expect(error).toEqual(withCode('TESTING_NEXT_DROPPED'));
  });

  it('names the middleware', async () => {
    const forgetful: Middleware<HttpContext> = (context, next) => void next(context);
    const { error } = await run(forgetful);
    expect((error as Error).message).toContain('(forgetful)');
    const unnamed = await runHandler(checkedCompose([(c, n) => n(c), (c, n) => void n(c)], slowOk));
    expect((unnamed.error as Error).message).toContain('(middleware 2)');
  });

  it('does not add an unhandled rejection when what was dropped fails', async () => {
    const { error } = await run((context, next) => void next(context), failing);
    expect(error).toEqual(withCode('TESTING_NEXT_DROPPED'));
  });

  it.each<[string, Handler<HttpContext>]>([
    ['synchronous', ok],
    ['asynchronous', slowOk],
  ])('fails a middleware that calls next twice without reset (%s)', async (_, handler) => {
    const { error } = await run(async (context, next) => {
      await next(context);
      await next(context);
    }, handler);
    expect(error).toEqual(withCode('TESTING_NEXT_TWICE'));
  });

  it('passes on what the pipeline throws', async () => {
    expect((await run((context, next) => next(context), failing)).error).toEqual(new Error('no'));
    const thrower = (): never => {
      throw new Error('at once');
    };
    expect((await run((context, next) => next(context), thrower)).error).toEqual(new Error('at once'));
  });

  describe('when the pipeline has returned', () => {
    const changes: [string, (response: HttpResponse) => unknown][] = [
      ['status', (response) => Object.assign(response, { status: 201 })],
      ['body', (response) => Object.assign(response, { body: 'late' })],
      ['declaredLength', (response) => Object.assign(response, { declaredLength: 1 })],
      ['trailers', (response) => Object.assign(response, { trailers: () => ({}) })],
      ['upgrade', (response) => Object.assign(response, { upgrade: () => undefined })],
      ['headers.set', ({ headers }) => headers.set('x', '1')],
      ['headers.append', ({ headers }) => headers.append('x', '1')],
      ['headers.delete', ({ headers }) => headers.delete('x')],
      ['headers.assign', ({ headers }) => headers.assign({ x: '1' })],
      ['headers.clear', ({ headers }) => headers.clear()],
    ];

    it.each(changes)('throws when response.%s is changed', async (_, change) => {
      let response: HttpResponse | null = null;
      await run((context, next) => {
        response = context.response;
        return next(context);
      }, ok);
      expect(() => change(response!)).toThrow(withCode('TESTING_ANSWER_AFTER_RETURN') as Error);
    });

    it('throws also before an engine has looked at it', async () => {
      const context = new TestExchange({}, makeRequest({}, null), null).context;
      await checkedCompose([], slowOk)(context);
      expect(() => ok(context)).toThrow(withCode('TESTING_ANSWER_AFTER_RETURN') as Error);
      expect(context.response.body).toBe('ok');
    });

    it('throws at an answer that comes after the 404', async () => {
      let failure: unknown = null;
      const result = await runHandler(
        checkedCompose([], (context) => {
          setTimeout(() => {
            try {
              ok(context);
            } catch (error) {
              failure = error;
            }
          }, 1);
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(result.status).toBe(404);
      expect(failure).toEqual(withCode('TESTING_ANSWER_AFTER_RETURN'));
    });
  });
});

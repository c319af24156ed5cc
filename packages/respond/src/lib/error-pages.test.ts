import { contextKey, type Handler, type HttpContext, HttpError, type Middleware } from '@windhover/core';
import { requestId } from '@windhover/request-id';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type ErrorPagesOptions, errorPages } from './error-pages.ts';

const browser = { Accept: 'text/html' };
const api = { Accept: 'application/json' };

const status =
  (code: number, headers: Record<string, string> = {}): Handler<HttpContext> =>
  ({ response }) => {
    response.status = code;
    response.headers.assign(headers);
  };
const fail =
  (error: unknown): Handler<HttpContext> =>
  () => {
    throw error;
  };

const run = (
  handler: Handler<HttpContext>,
  init: RunInit = {},
  options?: ErrorPagesOptions,
  ...layers: Middleware<HttpContext>[]
) => runHandler(checkedCompose([errorPages(options), ...layers], handler), init);

describe('errorPages()', () => {
  it('gives an exchange that was aborted before its answer a page, while the handler still works', async () => {
    const layer = errorPages({ pages: { 504: 'too late' } });
    let finish = (): void => undefined;
    const answer = runHandler(
      checkedCompose([layer], async (context) => {
        context.abort(new HttpError(504, 'LATE', 'late'));
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      }),
      { headers: { Accept: 'text/html' } },
    );
    finish();
    const result = await answer;
    expect([result.status, result.text()]).toEqual([504, 'too late']);
  });

  it('gives an error without a body a page, in the form that is asked for', async () => {
    const page = await run(status(403), { headers: browser });
    expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(page.text()).toContain('<h1>Forbidden</h1>');
    expect((await run(status(403), { headers: api })).json()).toEqual({ title: 'Forbidden', status: 403 });
    expect((await run(status(403))).text()).toBe('403 Forbidden\n');
  });

  it('says how the answer was chosen, that it is not to be kept, and what may run in it', async () => {
    const headers = { Vary: 'Origin', Allow: 'GET', ETag: '"a"', 'Content-Encoding': 'br' };
    expect(Object.fromEntries((await run(status(405, headers), { headers: browser })).headers)).toEqual({
      Vary: 'Origin, Accept',
      Allow: 'GET',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    });
    const kept = await run(status(404, { 'Cache-Control': 'max-age=60' }));
    expect(kept.headers.get('cache-control')).toBe('max-age=60');
  });

  it('answers no request that another layer has answered', async () => {
    const result = await run(() => {}, { headers: browser });
    expect([result.status, result.text()]).toEqual([404, expect.stringContaining('<h1>Not Found</h1>')]);
  });

  it('shows an HttpError: status, headers, and the message that clients may read', async () => {
    const error = new HttpError(429, 'A_LOT', 'Only 5 <per> second', { headers: { 'Retry-After': '1' } });
    const page = await run(fail(error), { headers: browser });
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, '1']);
    expect(page.text()).toContain('<p>Only 5 &lt;per&gt; second</p>');
    expect((await run(fail(error), { headers: api })).json()).toEqual({
      title: 'Too Many Requests',
      status: 429,
      detail: 'Only 5 <per> second',
      code: 'A_LOT',
    });
    expect((await run(fail(error))).text()).toBe('429 Too Many Requests\nOnly 5 <per> second\n');
  });

  it('keeps to itself what clients may not read', async () => {
    const hidden = new HttpError(502, 'A_SECRET', 'http://10.0.0.3 refused');
    for (const error of [hidden, new Error('password=1'), 'a string', Object.assign(new Error('x'), { status: 400 })]) {
      for (const headers of [browser, api, {}]) {
        const result = await run(fail(error), { headers });
        expect(result.status).toBe(error === hidden ? 502 : 500);
        expect(result.text()).not.toMatch(/SECRET|10\.0\.0\.3|password|a string/);
      }
    }
  });

  it('lets thrown errors go on to the server, which logs them', async () => {
    const error = new Error('a bug');
    const result = await run(fail(error), { headers: browser });
    expect([result.error, result.outcome.end]).toEqual([error, 'handler-failed']);
    expect(result.text()).toContain('<h1>Internal Server Error</h1>');
    const later = await run(() => Promise.reject(error), { headers: browser });
    expect([later.error, later.text()]).toEqual([error, result.text()]);
  });

  it('names the request where it has an id', async () => {
    const id = requestId({ generate: () => 'id-1' });
    expect((await run(status(500), { headers: browser }, {}, id)).text()).toContain('Request <code>id-1</code>');
    expect((await run(status(500), { headers: api }, {}, id)).json()).toMatchObject({ requestId: 'id-1' });
    expect((await run(status(500), {}, {}, id)).text()).toBe('500 Internal Server Error\nRequest id-1\n');
  });

  it('answers HEAD with the head of GET', async () => {
    const get = await run(status(404), { headers: browser });
    const head = await run(status(404), { method: 'HEAD', headers: browser });
    expect([head.declaredLength, head.text()]).toEqual([get.body.byteLength, '']);
    expect([...head.headers]).toEqual([...get.headers]);
  });

  it.each<[string, Handler<HttpContext>, number]>([
    ['a good answer', status(200), 200],
    ['a redirect', status(302, { Location: '/' }), 302],
    ['204', status(204), 204],
    ['304', status(304), 304],
  ])('leaves %s alone', async (_, handler, code) => {
    const result = await run(handler, { headers: browser });
    expect([result.status, result.text(), result.headers.has('vary')]).toEqual([code, '', false]);
  });

  it('leaves an error alone that has a body, or announces one to HEAD', async () => {
    const own: Handler<HttpContext> = ({ response }) => {
      response.status = 404;
      response.body = 'own';
    };
    expect((await run(own, { headers: browser })).text()).toBe('own');
    const announced: Handler<HttpContext> = ({ response }) => {
      response.status = 404;
      response.declaredLength = 7;
    };
    expect((await run(announced, { method: 'HEAD', headers: browser })).declaredLength).toBe(7);
  });

  it('replaces an error that has a body where `replace` says so', async () => {
    const upstream: Handler<HttpContext> = ({ response }) => {
      response.status = 502;
      response.headers.assign({ 'Content-Type': 'text/html', ETag: '"a"', 'X-From': 'upstream' });
      response.body = 'nginx';
    };
    const only = (wanted: number) => ({ replace: (_context: HttpContext, status: number) => status === wanted });
    const page = await run(upstream, { headers: api }, only(502));
    expect(page.json()).toEqual({ title: 'Bad Gateway', status: 502 });
    expect([page.headers.get('etag'), page.headers.get('x-from')]).toEqual([undefined, 'upstream']);
    expect((await run(upstream, { headers: api }, only(503))).text()).toBe('nginx');
    const head: Handler<HttpContext> = ({ response }) => {
      response.status = 502;
      response.declaredLength = 5;
    };
    const headers = { method: 'HEAD', headers: api };
    expect((await run(head, headers, only(502))).headers.get('content-type')).toBe('application/problem+json');
  });

  it('leaves answers alone that `when` refuses', async () => {
    const options: ErrorPagesOptions = { when: ({ request }) => !request.path.startsWith('/api/') };
    const result = await run(status(404), { url: '/api/x', headers: browser }, options);
    expect([result.status, result.text(), result.headers.size]).toEqual([404, '', 0]);
  });

  it('leaves alone what somebody further in has made of an error', async () => {
    const rescue: Middleware<HttpContext> = async (context, next) => {
      try {
        await next(context);
      } catch {
        context.response.reset();
        context.response.status = 503;
        context.response.body = 'rescued';
      }
    };
    expect((await run(fail(new Error('x')), { headers: browser }, {}, rescue)).text()).toBe('rescued');
  });

  it('shows pages of your own: by status, by class, made for the error', async () => {
    const options: ErrorPagesOptions = {
      pages: {
        404: '<h1>lost</h1>',
        '4xx': '<h1>yours</h1>',
        '5xx': ({ status, title }) => `<h1>${status} ${title}</h1>`,
      },
    };
    const page = async (code: number) => (await run(status(code), { headers: browser }, options)).text();
    expect(await page(404)).toBe('<h1>lost</h1>');
    expect(await page(403)).toBe('<h1>yours</h1>');
    expect(await page(503)).toBe('<h1>503 Service Unavailable</h1>');
    const result = await run(status(404), { headers: browser }, options);
    expect(result.headers.has('content-security-policy')).toBe(false);
    expect((await run(status(404), { headers: api }, options)).json()).toMatchObject({ status: 404 });
  });

  it('shows the page for the sub-status of a rule, and never the number', async () => {
    const refuse: Handler<HttpContext> = (context) => {
      context.set(contextKey('refusal'), { code: 'X', rule: 'hidden', subStatus: 8 });
      context.response.status = 404;
    };
    const options: ErrorPagesOptions = { pages: { 404: 'lost', '404.8': 'not here' } };
    expect((await run(refuse, { headers: browser }, options)).text()).toBe('not here');
    expect((await run(refuse, { headers: browser }, { pages: { 404: 'lost' } })).text()).toBe('lost');
    const built = await run(refuse, { headers: browser }, {});
    expect(built.text()).not.toContain('404.8');
    expect((await run(refuse, { headers: api }, options)).json()).toEqual(expect.not.objectContaining({ code: 'X' }));
  });

  it('answers 500 in plain text when a page of your own fails', async () => {
    const options: ErrorPagesOptions = {
      pages: {
        404: () => {
          throw new Error('typo');
        },
      },
    };
    expect(await run(status(404), { headers: browser }, options)).toMatchObject({ status: 500 });
  });

  it.each<[string, unknown]>([
    ['a page for a good answer', { pages: { 200: 'x' } }],
    ['a page for a class that is none', { pages: { '6xx': 'x' } }],
    ['a page that is none', { pages: { 404: null } }],
    ['an option it does not know', { page: 'x' }],
  ])('throws for %s when it is made', (_, options) => {
    expect(() => errorPages(options as ErrorPagesOptions)).toThrow(
      expect.objectContaining({ code: 'RESPOND_OPTION_INVALID' }),
    );
  });
});

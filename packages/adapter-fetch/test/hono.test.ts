import { Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import { jsx } from 'hono/jsx';
import { stream, streamSSE } from 'hono/streaming';
import { validator } from 'hono/validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FetchEnv, fromFetch, useFastResponse } from '../src/index.ts';
import { serve } from './fixtures.ts';

function makeApp(): Hono<{ Bindings: FetchEnv }> {
  const app = new Hono<{ Bindings: FetchEnv }>();
  app.get('/text', (c) => c.text('Hello'));
  app.get('/json', (c) => c.json({ a: 1 }));
  app.get('/jsx', (c) => c.html(jsx('b', {}, 'bold') as never));
  app.get('/client', (c) => c.text(c.env.context.client.address));
  app.get('/cookies', (c) => {
    setCookie(c, 'a', '1');
    setCookie(c, 'b', '2');
    return c.body(null, 204);
  });
  app.get('/stream', (c) =>
    stream(c, async (body) => {
      for (const piece of ['one ', 'two ', 'three']) await body.write(piece);
    }),
  );
  app.get('/sse', (c) =>
    streamSSE(c, async (body) => {
      await body.writeSSE({ data: 'x', event: 'tick' });
    }),
  );
  app.post(
    '/valid',
    validator('json', (value: { n?: number }, c) => (value.n === 1 ? value : c.text('bad', 422))),
    (c) => c.json(c.req.valid('json')),
  );
  app.use('/late', async (c, next) => {
    await next();
    c.res.headers.set('X-Late', '1');
    c.header('X-Later', '2');
  });
  app.get('/late', (c) => c.text('late'));
  app.get('/fail', () => {
    throw new Error('no');
  });
  app.onError((error, c) => c.text(`handled ${error.message}`, 503));
  return app;
}

describe.each([false, true])('Hono with a fast Response: %s', (isFast) => {
  let undo = (): void => undefined;
  beforeAll(() => {
    if (isFast) undo = useFastResponse();
  });
  afterAll(() => undo());
  const start = (): Promise<string> => serve(fromFetch(makeApp()));

  it.each([
    ['/text', 'Hello', 'text/plain; charset=utf-8'],
    ['/json', '{"a":1}', 'application/json'],
    ['/jsx', '<b>bold</b>', 'text/html; charset=utf-8'],
    ['/stream', 'one two three', null],
    ['/sse', 'event: tick\ndata: x\n\n', 'text/event-stream'],
    ['/client', '127.0.0.1', 'text/plain; charset=utf-8'],
  ])('answers %s', async (path, text, type) => {
    const answer = await fetch((await start()) + path);
    expect([answer.status, await answer.text()]).toEqual([200, text]);
    const got = answer.headers.get('content-type')?.toLowerCase().replace(/;\s*/, '; ') ?? null;
    expect(got).toBe(type);
  });

  it('sets cookies', async () => {
    expect((await fetch(`${await start()}/cookies`)).headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/']);
  });

  it('validates', async () => {
    const url = `${await start()}/valid`;
    const headers = { 'Content-Type': 'application/json' };
    expect((await fetch(url, { method: 'POST', headers, body: '{"n":1}' })).status).toBe(200);
    expect((await fetch(url, { method: 'POST', headers, body: '{"n":2}' })).status).toBe(422);
    expect((await fetch(url, { method: 'POST', headers, body: '{' })).status).toBe(503);
  });

  it('lets middleware change the answer afterwards', async () => {
    const answer = await fetch(`${await start()}/late`);
    expect([answer.headers.get('x-late'), answer.headers.get('x-later'), await answer.text()]).toEqual([
      '1',
      '2',
      'late',
    ]);
  });

  it('runs onError', async () => {
    const answer = await fetch(`${await start()}/fail`);
    expect([answer.status, await answer.text()]).toEqual([503, 'handled no']);
  });
});

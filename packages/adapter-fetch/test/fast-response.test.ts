import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { etag } from 'hono/etag';
import { secureHeaders } from 'hono/secure-headers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FetchApp, fromFetch, useFastResponse } from '../src/index.ts';
import { serve } from './fixtures.ts';

const NativeResponse = globalThis.Response;
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A Hono application below a middleware, whose answer middleware has in its hands. */
function honoBelow(middleware: ReturnType<typeof cors>): Hono {
  const app = new Hono();
  app.use(middleware);
  app.get('*', (c) => c.json('é'));
  return app;
}

describe('useFastResponse()', () => {
  let undo = (): void => undefined;
  beforeAll(() => {
    undo = useFastResponse();
  });
  afterAll(() => undo());

  it.each<[string, FetchApp, number]>([
    ['a text', () => new Response('é'), 2],
    ['a text with a status text', () => new Response('no', { status: 404, statusText: 'Not Found' }), 2],
    ['JSON', () => Response.json({ a: 'é' }), 10],
    ['bytes', () => new Response(bytes('abc').subarray(1)), 2],
    ['an ArrayBuffer', () => new Response(bytes('abc').buffer), 3],
    ['a DataView', () => new Response(new DataView(bytes('abc').buffer, 2)), 1],
    ['URLSearchParams', () => new Response(new URLSearchParams({ a: 'é' })), 8],
    ['a Blob', () => new Response(new Blob(['abc'])), 3],
    ['nothing', () => new Response(), 0],
    ['a redirect', () => Response.redirect('http://localhost/', 302), 0],
    ['a response of a response', () => wrapped(wrapped(Response.json('é'))), 4],
    ['a clone', () => Response.json('é').clone(), 4],
    ['what was cloned', () => cloned(new Response('é')), 2],
    ['what has other headers now', () => tagged(Response.json('é')), 4],
    ['nothing instead of a text', () => emptied(new Response('abc')), 0],
    ['Hono below cors()', honoBelow(cors()), 4],
    ['Hono below secureHeaders()', honoBelow(secureHeaders()), 4],
    ['Hono below etag()', honoBelow(etag()), 4],
  ])('sends %s with its length', async (_what, app, length) => {
    const answer = await fetch(await serve(fromFetch(app)), { redirect: 'manual' });
    expect([answer.headers.get('content-length'), answer.headers.has('transfer-encoding')]).toEqual([
      String(length),
      false,
    ]);
    expect((await answer.arrayBuffer()).byteLength).toBe(length);
  });

  it('sends a stream in chunks', async () => {
    const answer = await fetch(await serve(fromFetch(() => new Response(new Blob(['abc']).stream()))));
    expect(answer.headers.get('transfer-encoding')).toBe('chunked');
    expect(await answer.text()).toBe('abc');
  });

  it.each<[string, FetchApp, string | null]>([
    ['what it would be for GET', new Hono().get('/', (c) => c.text('Hello')), '5'],
    ['nothing that it does not know', () => new Response(null), null],
    ['nothing of empty text', () => new Response(''), null],
    ['that of a Blob', new Hono().get('/', () => new Response(new Blob(['abc']))), '3'],
    ['nothing of FormData', new Hono().get('/', () => new Response(new FormData())), null],
    ['the same below a middleware', new Hono().use(cors()).get('/', (c) => c.text('Hello')), '5'],
    ['nothing with 304', new Hono().get('/', (c) => c.body(null, 304)), null],
    ['what the app says', () => new Response(null, { headers: { 'Content-Length': '7' } }), '7'],
  ])('says for HEAD of the length: %s', async (_what, app, length) => {
    const answer = await fetch(await serve(fromFetch(app)), { method: 'HEAD' });
    expect(answer.headers.get('content-length')).toBe(length);
  });

  const init = { status: 201, statusText: 'Made', headers: { 'X-A': '1', 'Content-Type': 'text/a' } };
  it.each<[string, unknown, unknown]>([
    ['an object', { a: [1, null] }, undefined],
    ['with everything', 'é', init],
    ['with Headers', 1, { headers: new Headers({ 'x-a': '1' }) }],
    ['with pairs', 1, { headers: [['x-a', '1']] }],
    ['with a type of its own that is the usual one', 1, { headers: { 'content-type': 'text/plain;charset=UTF-8' } }],
    ['null', null, undefined],
  ])('makes the JSON that the platform makes: %s', async (_what, value, options) => {
    const [ours, theirs] = [Response, NativeResponse].map((kind) => kind.json(value, options as ResponseInit));
    expect([ours!.status, ours!.statusText, [...ours!.headers]]).toEqual([
      theirs!.status,
      theirs!.statusText,
      [...theirs!.headers],
    ]);
    expect(await ours!.text()).toBe(await theirs!.text());
  });

  it.each<[string, () => unknown]>([
    ['undefined as JSON', () => Response.json(undefined)],
    ['a circle as JSON', () => Response.json(circle())],
    ['JSON with a status that has no body', () => Response.json(1, { status: 204 })],
    ['a status text that is none', () => new Response('a', { statusText: 'a\nb' })],
    ['a locked stream', () => new Response(locked())],
  ])('refuses %s', (_what, make) => {
    expect(make).toThrow(TypeError);
  });

  it('keeps what a clone is of apart from it', async () => {
    const content = bytes('abc');
    const original = new Response(content, { status: 201, statusText: 'Made', headers: { 'X-A': '1' } });
    content[0] = 0;
    const copy = original.clone();
    original.headers.set('X-A', '2');
    expect([await copy.text(), copy.status, copy.statusText, copy.headers.get('x-a')]).toEqual([
      'abc',
      201,
      'Made',
      '1',
    ]);
    expect([copy.bodyUsed, original.bodyUsed, await original.text()]).toEqual([true, false, 'abc']);
    expect(() => original.clone()).toThrow(TypeError);
  });

  it('shares the body with the response that it was taken from', async () => {
    const original = new Response('abc');
    const other = new Response(original.body, original);
    expect(await other.text()).toBe('abc');
    expect(original.bodyUsed).toBe(true);
    await expect(original.text()).rejects.toThrow(TypeError);
  });

  it('sends the body of two responses once', async () => {
    const original = new Response('abc');
    const other = new Response(original.body);
    const url = await serve(fromFetch((request) => (new URL(request.url).pathname === '/other' ? other : original)));
    expect(await (await fetch(`${url}/other`)).text()).toBe('abc');
    expect(original.bodyUsed).toBe(true);
    expect((await fetch(`${url}/original`)).status).toBe(500);
  });
});

function wrapped(response: Response): Response {
  return new Response(response.body, response);
}

function emptied(response: Response): Response {
  const empty = new Response(null, response);
  expect(empty.body).toBeNull();
  return empty;
}

function cloned(response: Response): Response {
  void response.clone().text();
  return response;
}

function tagged(response: Response): Response {
  response.headers.set('X-Tag', 'yes');
  return response;
}

function circle(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

function locked(): ReadableStream {
  const stream = new Blob(['a']).stream();
  stream.getReader();
  return stream;
}

import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { H3 } from 'h3';
import { describe, expect, it } from 'vitest';
import { type FetchApp, fromFetch } from '../src/index.ts';
import { serve } from './fixtures.ts';

const curl = async (...input: string[]): Promise<string> =>
  (await promisify(execFile)('curl', ['-s', '--max-time', '10', ...input])).stdout;

/** What a raw client gets until the connection ends. */
function exchange(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

describe.each(['light', 'real'] as const)('fromFetch() with a %s request', (request) => {
  const start = (app: FetchApp): Promise<string> => serve(fromFetch(app, { request }));

  it('passes an offered upgrade on (RFC 9110 §7.8)', async () => {
    const url = await start(() => new Response('ws', { status: 426, headers: { Upgrade: 'websocket' } }));
    const raw = await exchange(url, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(raw).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(raw).toMatch(/\r\nupgrade: websocket\r\n/i);
    expect(raw).toContain('\r\nConnection: upgrade, close\r\n');
  });

  it('passes method, URL and headers', async () => {
    const url = await start((request) =>
      Response.json([request.method, request.url, request.headers.get('x-a'), request instanceof Request]),
    );
    const answer = await fetch(`${url}/a/../b?x=1`, { headers: { 'X-A': 'é' } });
    expect(await answer.json()).toEqual(['GET', `${url}/b?x=1`, 'é', true]);
  });

  it.each(['text', 'json', 'arrayBuffer', 'blob'] as const)('reads a body by %s()', async (method) => {
    const url = await start(async (request) => {
      expect(request.bodyUsed).toBe(false);
      const body: unknown = await request[method]();
      const again = await request.text().then(
        () => 'read twice',
        (error) => error.name,
      );
      const text =
        body instanceof Blob
          ? await body.text()
          : body instanceof ArrayBuffer
            ? new TextDecoder().decode(body)
            : JSON.stringify(body);
      return Response.json([text, request.bodyUsed, again]);
    });
    const answer = await fetch(url, { method: 'POST', body: '["ü"]' });
    const [text, used, again] = (await answer.json()) as unknown[];
    expect(JSON.stringify(text)).toContain('ü');
    expect([used, again]).toEqual([true, 'TypeError']);
  });

  it('reads an upload as FormData', async () => {
    const url = await start(async (request) => {
      const form = await request.formData();
      const file = form.get('file') as File;
      return Response.json([form.get('name'), file.name, await file.text()]);
    });
    const body = new FormData();
    body.set('name', 'Ada');
    body.set('file', new File(['content'], 'a.txt'));
    expect(await (await fetch(url, { method: 'POST', body })).json()).toEqual(['Ada', 'a.txt', 'content']);
  });

  it('echoes 20 MB as a stream', async () => {
    const url = await start((request) => new Response(request.body));
    const sent = new Uint8Array(20_000_000).fill(7);
    sent[19_999_999] = 8;
    const got = new Uint8Array(await (await fetch(url, { method: 'POST', body: sent })).arrayBuffer());
    expect(Buffer.compare(got, sent)).toBe(0);
  });

  it('is a Request for new Request, clone and fetch', async () => {
    const target = await serve(fromFetch(async (request) => new Response(`${request.method} ${await request.text()}`)));
    const url = await start(async (request) => {
      const copy = await request.clone().text();
      const other = new Request(request, { headers: { 'X-B': '1' } });
      expect(other.headers.get('x-b')).toBe('1');
      const forward = await fetch(new Request(target, other));
      return new Response(`${copy} ${await forward.text()} ${request.bodyUsed}`);
    });
    expect(await (await fetch(url, { method: 'PUT', body: 'abc' })).text()).toBe('abc PUT abc true');
  });

  it('can be given to fetch as it is', async () => {
    const url = await start((request) => {
      if (request.headers.has('x-again')) return new Response(`${request.method} again`);
      request.headers.set('X-Again', '1');
      return fetch(request);
    });
    expect(await (await fetch(url, { method: 'DELETE' })).text()).toBe('DELETE again');
  });

  it('tells the app when the client leaves', async () => {
    let aborted = (_: unknown): void => undefined;
    const reason = new Promise((resolve) => {
      aborted = resolve;
    });
    const controller = new AbortController();
    const url = await start((request) => {
      request.signal.addEventListener('abort', () => aborted(request.signal.reason));
      controller.abort();
      return new Promise(() => undefined);
    });
    await expect(fetch(url, { signal: controller.signal })).rejects.toThrow();
    expect(await reason).toBeInstanceOf(DOMException);
    expect(await reason).toMatchObject({ name: 'AbortError', cause: { code: 'SERVER_CLIENT_CLOSED' } });
  });

  it('has the fetch of an app reject as fetch does when the client leaves', async () => {
    const silent = await serve(() => new Promise(() => undefined));
    let failed = (_: unknown): void => undefined;
    const failure = new Promise((resolve) => {
      failed = resolve;
    });
    const controller = new AbortController();
    const url = await start(async (request) => {
      const answer = fetch(silent, { signal: request.signal });
      controller.abort();
      await answer.catch(failed);
      return fetch(silent, { signal: request.signal }); // which has aborted already
    });
    await expect(fetch(url, { signal: controller.signal })).rejects.toThrow();
    expect(await failure).toBeInstanceOf(DOMException);
    expect(await failure).toMatchObject({ name: 'AbortError', cause: { code: 'SERVER_CLIENT_CLOSED' } });
  });

  it('refuses a second look at a body read before through the real one', async () => {
    const url = await start(async (request) => {
      await request.text();
      expect(() => request.clone()).toThrow(TypeError);
      expect(() => new Request(request)).toThrow(TypeError);
      return new Response('fine');
    });
    expect(await (await fetch(url, { method: 'POST', body: 'abc' })).text()).toBe('fine');
  });
});

describe('the answer of fromFetch()', () => {
  const start = (app: FetchApp): Promise<string> => serve(fromFetch(app));

  it('has every Set-Cookie', async () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ]);
    const url = await start(() => new Response(null, { headers, status: 201 }));
    const answer = await fetch(url);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([201, ['a=1', 'b=2']]);
  });

  it('adds its cookies to those of a middleware, joins Vary, and replaces the rest', async () => {
    const headers = { 'Set-Cookie': 'app=1', Vary: 'Accept, origin', 'Cache-Control': 'no-store' };
    const app = fromFetch(() => new Response('x', { headers }));
    const url = await serve((context) => {
      context.response.headers.set('Set-Cookie', 'csrf=1').set('Vary', 'Origin').set('Cache-Control', 'private');
      return app(context);
    });
    const answer = await fetch(url);
    expect(answer.headers.getSetCookie()).toEqual(['csrf=1', 'app=1']);
    expect([answer.headers.get('vary'), answer.headers.get('cache-control')]).toEqual(['Origin, Accept', 'no-store']);
  });

  it.each([
    ['text', () => new Response('héllo'), 'héllo'],
    ['bytes', () => new Response(new TextEncoder().encode('bytes')), 'bytes'],
    ['a Blob', () => new Response(new Blob(['blob'])), 'blob'],
    ['URLSearchParams', () => new Response(new URLSearchParams({ a: 'b' })), 'a=b'],
  ])('may be %s', async (_, make, expected) => {
    expect(await (await fetch(await start(make))).text()).toBe(expected);
  });

  it('may be FormData', async () => {
    const form = new FormData();
    form.set('a', 'b');
    expect((await (await fetch(await start(() => new Response(form)))).formData()).get('a')).toBe('b');
  });

  it.each([204, 304])('has no body with %i', async (status) => {
    const url = await start(() => new Response(null, { status }));
    expect(await curl('-i', url)).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*\r\n\r\n$`));
  });

  it('has a head only for HEAD, and the stream is cancelled', async () => {
    let cancelled = (_: unknown): void => undefined;
    const reason = new Promise((resolve) => {
      cancelled = resolve;
    });
    const headers = { 'Content-Length': '9' };
    const url = await start(() => new Response(new ReadableStream({ cancel: (why) => cancelled(why) }), { headers }));
    expect(await curl('-I', url)).toMatch(/content-length: 9/i);
    expect(await reason).toBeInstanceOf(Error);
  });

  it('cancels the stream of a client that leaves', async () => {
    let cancelled = (_: unknown): void => undefined;
    const reason = new Promise((resolve) => {
      cancelled = resolve;
    });
    const url = await start(
      () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new Uint8Array(5)),
            cancel: (why) => cancelled(why),
          }),
        ),
    );
    const controller = new AbortController();
    const answer = await fetch(url, { signal: controller.signal });
    await answer.body!.getReader().read();
    controller.abort();
    expect(await reason).toMatchObject({ code: 'SERVER_CLIENT_CLOSED' });
  });

  it('asks a stream for no more than the client takes', async () => {
    let given = 0;
    const chunk = new Uint8Array(64 * 1024);
    const url = await start(
      () =>
        new Response(
          new ReadableStream(
            {
              pull: (controller) => {
                given += 1;
                if (given === 16_384) controller.close();
                else controller.enqueue(chunk);
              },
            },
            { highWaterMark: 0 },
          ),
        ),
    );
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    );
    socket.pause();
    let before = -1;
    while (given === 0 || given !== before) {
      before = given;
      for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    }
    socket.destroy();
    expect(given).toBeLessThan(16_384);
  });

  it('is cut when its stream fails', async () => {
    let sent = false;
    const url = await start(
      () =>
        new Response(
          new ReadableStream({
            pull: (controller) => {
              if (sent) controller.error(new Error('broken'));
              else controller.enqueue(new TextEncoder().encode('part'));
              sent = true;
            },
          }),
        ),
    );
    const answer = await exchange(url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(answer).toContain('part');
    expect(answer).not.toContain('\r\n0\r\n');
  });

  it.each([
    ['throws', () => Promise.reject(new Error('secret'))],
    ['returns nothing', () => undefined],
    ['returns an object', () => ({ status: 200 })],
    ['returns Response.error()', () => Response.error()],
    ['has a status of 101', () => ({ status: 101, headers: new Headers(), body: null })],
  ])('is a 500 when the app %s', async (_, app) => {
    const answer = await fetch(await start(app));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
  });

  it('is a 501 for TRACE', async () => {
    const url = await start(() => new Response('never'));
    expect(await curl('-o', '/dev/null', '-w', '%{http_code}', '-X', 'TRACE', url)).toBe('501');
  });

  it('runs h3', async () => {
    const app = new H3().post('/echo', async (event) => ({ got: await event.req.json() }));
    const url = await start({ fetch: (request) => app.fetch(request) });
    const answer = await fetch(`${url}/echo`, { method: 'POST', body: '{"a":1}' });
    expect(await answer.json()).toEqual({ got: { a: 1 } });
    expect((await fetch(`${url}/none`)).status).toBe(404);
  });
});

it('refuses a value that is not an app, and unknown options', () => {
  expect(() => fromFetch({} as never)).toThrow(/FETCH|neither/);
  expect(() => fromFetch(() => null, { wrong: 1 } as never)).toThrow(/expected `env` or `request`, found `wrong`/);
  expect(() => fromFetch(() => null, { request: 'fake' } as never)).toThrow(/'light' or 'real'/);
});

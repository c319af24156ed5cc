import { Readable } from 'node:stream';
import { type Handler, type HttpContext, HttpError, type Outcome, type PushBody, type ReadBody } from '@windhover/core';
import { describe, expect, it, vi } from 'vitest';
import { runHandler } from './run-handler.ts';

const answer =
  (body: HttpContext['response']['body'], status = 200): Handler<HttpContext> =>
  ({ response }) => {
    response.status = status;
    response.body = body;
  };

const withCode = (code: string): unknown => expect.objectContaining({ code });

describe('runHandler(): the request', () => {
  it('takes a path', async () => {
    const result = await runHandler(({ request, response }) => {
      response.status = 200;
      response.body = `${request.method} ${request.url} ${request.host}`;
    }, '/a/../b?c');
    expect(result.text()).toBe('GET /b?c localhost');
  });

  it('takes everything an engine would read', async () => {
    const result = await runHandler(
      async ({ request, connection, client, response }) => {
        response.status = 200;
        response.body = JSON.stringify({
          method: request.method,
          host: request.host,
          scheme: client.scheme,
          version: request.httpVersion,
          upgrade: request.upgrade,
          accept: request.headers.get('accept'),
          address: connection.remoteAddress,
          body: await request.body.text(),
        });
      },
      {
        method: 'PUT',
        headers: { host: 'Example.com', accept: '*/*' },
        body: 'content',
        upgrade: 'websocket',
        scheme: 'https',
        httpVersion: '1.0',
        connection: { remoteAddress: '192.0.2.1' },
      },
    );
    expect(result.json()).toEqual({
      method: 'PUT',
      host: 'example.com',
      scheme: 'https',
      version: '1.0',
      upgrade: 'websocket',
      accept: '*/*',
      address: '192.0.2.1',
      body: 'content',
    });
  });

  it('posts when there is a body, and frames it', async () => {
    const echo: Handler<HttpContext> = ({ request, response }) => {
      response.status = 200;
      const { headers } = request;
      response.body = `${request.method} ${headers.get('content-length')} ${headers.get('transfer-encoding')}`;
    };
    expect((await runHandler(echo, { body: 'é' })).text()).toBe('POST 2 undefined');
    expect((await runHandler(echo, { body: Readable.from(['a']) })).text()).toBe('POST undefined chunked');
  });

  it('overwrites the chunks it lent, as a socket does', async () => {
    const lent: Uint8Array[] = [];
    await runHandler(
      ({ request }) =>
        new Promise((resolve) => {
          request.body.start({ write: (chunk) => lent.push(chunk) > 0, end: () => resolve(), fail: () => resolve() });
        }),
      { body: 'ab' },
    );
    expect(lent.map((chunk) => Buffer.from(chunk).toString())).toEqual(['**']);
  });

  it('refuses a bad target before the handler, as a server does', async () => {
    const handler = vi.fn();
    const result = await runHandler(handler, '/a%2F..');
    expect([result.status, handler.mock.calls.length]).toEqual([400, 0]);
    expect(result.error).toEqual(withCode('CORE_TARGET_INVALID'));
  });

  it('throws for headers that no client could send: a mistake of the test', () => {
    expect(() => runHandler(answer('ok'), { headers: { x: 'a\n' } })).toThrow(withCode('CORE_HEADER_INVALID') as Error);
  });
});

describe('runHandler(): the answer', () => {
  it('is 404 when no handler answered', async () => {
    const result = await runHandler(() => undefined);
    expect([result.status, result.text(), result.error]).toEqual([404, 'Not Found\n', null]);
  });

  it('is what an HttpError says, message included where it may be seen', async () => {
    const result = await runHandler(() => {
      throw new HttpError(429, 'TOO_MANY', 'Slow down', { headers: { 'Retry-After': '5' } });
    });
    expect([result.status, result.text(), result.headers.get('retry-after')]).toEqual([429, 'Slow down\n', '5']);
    expect([result.outcome.end, result.error]).toEqual(['complete', withCode('TOO_MANY')]);
    const hidden = await runHandler(() => Promise.reject(new HttpError(503, 'DOWN', 'db7 is down')));
    expect([hidden.status, hidden.text()]).toEqual([503, 'Service Unavailable\n']);
  });

  it('is a 500 that tells nothing for any other failure', async () => {
    const failure = new Error('secret');
    const result = await runHandler(({ response }) => {
      response.status = 200;
      response.headers.set('x', '1');
      throw failure;
    });
    expect([result.status, result.text(), result.headers.has('x')]).toEqual([500, 'Internal Server Error\n', false]);
    expect([result.error, result.outcome.end, result.outcome.error]).toEqual([failure, 'handler-failed', failure]);
  });

  it('lets onHead have the last word, on error answers too', async () => {
    for (const handler of [answer('ok'), (): never => expect.fail('no')]) {
      const result = await runHandler((context) => {
        context.onHead(({ headers }) => void headers.set('X-Last', 'word'));
        return handler(context);
      });
      expect(result.headers.get('x-last')).toBe('word');
    }
  });

  it('is a 500 when an onHead listener throws', async () => {
    const result = await runHandler((context) => {
      context.onHead(() => expect.fail('no'));
      answer('ok')(context);
    });
    expect([result.status, result.outcome.end]).toEqual([500, 'handler-failed']);
  });

  it('has no body for HEAD, but the length of what GET would send', async () => {
    const result = await runHandler(answer('four'), { method: 'HEAD' });
    expect([result.status, result.body.byteLength, result.declaredLength]).toEqual([200, 0, 4]);
    const declared = await runHandler(
      ({ response }) => {
        response.status = 200;
        response.declaredLength = 9;
      },
      { method: 'HEAD' },
    );
    expect(declared.declaredLength).toBe(9);
  });

  it.each([204, 304])('has no body for %d and lets go of the one that was set', async (status) => {
    const close = vi.fn();
    const body: ReadBody = { length: 1, read: () => 1, close };
    const result = await runHandler(answer(body, status));
    expect([result.status, result.body.byteLength, close.mock.calls.length]).toEqual([status, 0, 1]);
  });

  it.each<[string, () => HttpContext['response']['body']]>([
    ['bytes', () => Buffer.from('ab')],
    ['a Readable', () => Readable.from([Buffer.from('a'), Buffer.from('b')])],
    ['a web stream', () => new Blob(['ab']).stream() as unknown as AsyncIterable<Uint8Array>],
    [
      'a ReadBody',
      () => ({ length: 2, read: (into) => into.fill(97, 0, 1).fill(98, 1).length, close: () => undefined }),
    ],
  ])('reads %s to the end', async (_, make) => {
    const result = await runHandler(answer(make()));
    expect([result.text(), result.outcome.bytesSent, result.outcome.end]).toEqual(['ab', 2, 'complete']);
  });

  it('shows trailers', async () => {
    const result = await runHandler(({ response }) => {
      response.status = 200;
      response.body = Readable.from(['a']);
      response.trailers = () => ({ 'X-Sum': '1' });
    });
    expect(result.trailers?.get('x-sum')).toBe('1');
  });

  it('is cut when the trailers cannot be sent', async () => {
    const result = await runHandler(({ response }) => {
      response.status = 200;
      response.body = 'a';
      response.trailers = () => ({ 'X-Sum': '\n' });
    });
    expect([result.outcome.end, result.error]).toEqual(['handler-failed', withCode('CORE_HEADER_INVALID')]);
  });

  it('shows interim responses, in order, none for HTTP/1.0', async () => {
    const handler: Handler<HttpContext> = (context) => {
      context.inform(103, { Link: '</a.css>' });
      context.inform(102, {});
      answer('ok')(context);
    };
    const { informed } = await runHandler(handler);
    expect(informed.map(({ status, headers }) => [status, headers.get('link')])).toEqual([
      [103, '</a.css>'],
      [102, undefined],
    ]);
    expect((await runHandler(handler, { httpVersion: '1.0' })).informed).toEqual([]);
  });

  it('hands out a tunnel that was asked for, and refuses one that was not', async () => {
    const tunnel = vi.fn();
    const handler: Handler<HttpContext> = ({ response }) => {
      response.status = 101;
      response.upgrade = tunnel;
    };
    const result = await runHandler(handler, { upgrade: 'websocket' });
    expect([result.status, result.upgrade, result.outcome.end]).toEqual([101, tunnel, 'upgraded']);
    const unasked = await runHandler(handler);
    expect([unasked.status, unasked.upgrade]).toEqual([500, null]);
  });
});

describe('runHandler(): lengths', () => {
  const declared =
    (length: number, body: HttpContext['response']['body']): Handler<HttpContext> =>
    ({ response }) => {
      response.status = 200;
      response.body = body;
      response.declaredLength = length;
    };

  it('is a 500 when a known length is not what was announced', async () => {
    const result = await runHandler(declared(3, 'four'));
    expect([result.status, result.error]).toEqual([500, withCode('TESTING_BODY_LENGTH_MISMATCH')]);
  });

  it.each([undefined, Number.NaN, -1, 1.5, '5'])(
    'is a 500 when the body says that its length is %s',
    async (length) => {
      const body = { length, read: () => 0, close: () => undefined } as unknown as ReadBody;
      const result = await runHandler(({ response }) => Object.assign(response, { body }) && undefined);
      expect([result.status, result.error]).toEqual([500, withCode('TESTING_RESPONSE_INVALID')]);
    },
  );

  it.each([3, 5])('is cut when a stream of four bytes was announced as %d', async (length) => {
    const result = await runHandler(declared(length, Readable.from(['fo', 'ur'])));
    expect([result.status, result.outcome.end, result.declaredLength]).toEqual([200, 'handler-failed', length]);
    expect(result.error).toEqual(withCode('TESTING_BODY_LENGTH_MISMATCH'));
    expect(result.body.byteLength).toBeLessThanOrEqual(length);
  });

  it('is cut when the body fails', async () => {
    const failing = async function* (): AsyncGenerator<string> {
      yield 'a';
      throw new Error('broken');
    };
    const result = await runHandler(answer(failing()));
    expect([result.status, result.text(), result.outcome.end]).toEqual([200, 'a', 'handler-failed']);
    expect(result.outcome.error?.message).toBe('broken');
  });

  it.each([99, 1000, 200.5])('is a 500 for the status %d', async (status) => {
    expect((await runHandler(answer('ok', status))).status).toBe(500);
  });

  it('is a 200 for a body without a status', async () => {
    const result = await runHandler(({ response }) => {
      response.body = 'ok';
    });
    expect(result.status).toBe(200);
  });
});

describe('runHandler(): the end', () => {
  it('calls onSent exactly once with the times of the clock', async () => {
    let now = 0;
    const outcomes: Outcome[] = [];
    const result = await runHandler(
      (context) => {
        context.onSent((outcome) => outcomes.push(outcome));
        answer(Readable.from(['ab']))(context);
      },
      { now: () => (now += 10) },
    );
    const expected = { status: 200, bytesSent: 2, startedAt: 10, headAt: 20, endedAt: 30, end: 'complete' };
    expect(outcomes).toEqual([expected]);
    expect(result.outcome).toBe(outcomes[0]);
  });

  it('collects what onSent listeners throw', async () => {
    const failure = new Error('no');
    const result = await runHandler((context) => {
      context.onSent(() => {
        throw failure;
      });
    });
    expect([result.status, result.sentErrors]).toEqual([404, [failure]]);
  });

  it('disposes of a request body that was not read', async () => {
    const cancel = vi.fn();
    const body: PushBody = { length: 1, start: vi.fn(), pause: vi.fn(), resume: vi.fn(), cancel };
    await runHandler(answer('ok'), { body });
    expect(cancel).toHaveBeenCalled();
  });
});

describe('runHandler(): a client that goes away', () => {
  const closed = withCode('TESTING_CLIENT_CLOSED');

  it('aborts the signal while the handler runs, and waits for the handler', async () => {
    const client = new AbortController();
    const outcomes: Outcome[] = [];
    let reason: unknown = null;
    const result = await runHandler(
      async (context) => {
        context.onSent((outcome) => outcomes.push(outcome));
        client.abort();
        reason = context.signal.reason;
        await Promise.resolve();
        answer('too late')(context);
      },
      { signal: client.signal },
    );
    expect([result.status, result.body.byteLength, result.outcome.end, reason]).toEqual([
      0,
      0,
      'client-closed',
      closed,
    ]);
    expect(outcomes).toEqual([result.outcome]);
  });

  it('may be gone before the handler begins', async () => {
    const result = await runHandler(({ signal }) => void expect(signal.aborted).toBe(true), {
      signal: AbortSignal.abort(),
    });
    expect([result.outcome.end, result.error]).toEqual(['client-closed', closed]);
  });

  it('fails a reader of the request body', async () => {
    const client = new AbortController();
    const never: PushBody = { length: null, start: vi.fn(), pause: vi.fn(), resume: vi.fn(), cancel: vi.fn() };
    let failure: unknown = null;
    await runHandler(
      async ({ request }) => {
        setTimeout(() => client.abort(), 1);
        failure = await request.body.bytes().catch((error: unknown) => error);
      },
      { body: never, signal: client.signal },
    );
    expect([failure, never.cancel]).toEqual([closed, expect.anything()]);
    expect(never.cancel).toHaveBeenCalled();
  });

  it('stops a response body after so many bytes and lets go of it', async () => {
    let isLeft = false;
    const endless = async function* (): AsyncGenerator<string> {
      try {
        for (;;) yield 'abcd';
      } finally {
        isLeft = true;
      }
    };
    const outcomes: Outcome[] = [];
    const result = await runHandler(
      (context) => {
        context.onSent((outcome) => outcomes.push(outcome));
        answer(endless())(context);
      },
      { abortAfterBytes: 10 },
    );
    expect([result.status, result.body.byteLength, result.outcome.end]).toEqual([200, 12, 'client-closed']);
    await Promise.resolve();
    expect([isLeft, outcomes.length, result.outcome.error]).toEqual([true, 1, closed]);
  });

  it('stops a response body that never comes', async () => {
    const client = new AbortController();
    const cancel = vi.fn();
    const body: PushBody = { length: null, start: () => client.abort(), pause: vi.fn(), resume: vi.fn(), cancel };
    const result = await runHandler(answer(body), { signal: client.signal });
    expect([result.outcome.end, cancel.mock.calls.length]).toEqual(['client-closed', 1]);
  });
});

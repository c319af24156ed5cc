import { type HttpContext, HttpError } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { openBody } from './open-body.ts';
import { bench, get, ok, path } from './talk.ts';

/** Whatever is done with it throws. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function fail(): never {
  throw new Error('a bug');
}

/** Says that it is an `HttpError`, and throws when it is asked for more. */
function unreadable(): object {
  return new Proxy(new HttpError(400, 'A', 'b'), { get: fail });
}

/** Something with a `then`, as a library's own promises have. */
function thenable(then: PropertyDescriptor): object {
  return Object.defineProperties({}, Object.fromEntries([['then', then]]));
}

describe('a handler that fails', () => {
  it('is answered with 500 that tells nothing, and logged once', async () => {
    const { connect, outcomes, logged } = bench(() => {
      throw new Error('the password is 1234');
    });
    const client = connect();
    const answer = await client.say(get());
    expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
    expect(answer).not.toContain('password');
    expect(logged.map(({ level }) => level)).toEqual(['error']);
    expect(outcomes).toMatchObject([
      { status: 500, end: 'handler-failed', error: { message: 'the password is 1234' } },
    ]);
    expect(await client.say(get())).toMatch(/^HTTP\/1\.1 500/); // the connection goes on
  });

  it('is answered as an HttpError says', async () => {
    const { connect, logged } = bench(async () => {
      throw new HttpError(429, 'SLOW_DOWN', 'Try later', { headers: { 'Retry-After': '5' } });
    });
    const answer = await connect().say(get());
    expect(answer).toContain('429 Too Many Requests\r\nRetry-After: 5\r\n');
    expect(answer.endsWith('\r\n\r\nTry later\n')).toBe(true);
    expect(logged).toEqual([]);
  });

  it('is still answered when the headers of its error cannot be sent', async () => {
    const { connect } = bench(async () => {
      throw new HttpError(429, 'SLOW_DOWN', 'Try later', { headers: { Connection: 'x' } });
    });
    expect(await connect().say(get())).toContain('429 Too Many Requests');
  });

  it.each([
    [
      'throws a proxy that was revoked',
      () => {
        throw revoked();
      },
    ],
    ['rejects with a proxy that was revoked', () => Promise.reject(revoked())],
    [
      'throws an object that has no text',
      () => {
        throw Object.create(null);
      },
    ],
    [
      'throws an error that cannot be read',
      () => {
        throw unreadable();
      },
    ],
    ['returns a promise whose then throws', () => thenable({ value: fail })],
    ['returns a promise whose then cannot be read', () => thenable({ get: fail })],
    ['returns a proxy that was revoked', revoked],
    ['answers with a proxy that was revoked', ({ response }: HttpContext) => void (response.body = revoked() as never)],
    [
      'answers with a status that cannot be shown',
      ({ response }: HttpContext) => void (response.status = Symbol('x') as never),
    ],
  ])('is answered with 500 and logged when it %s', async (_how, handler) => {
    const { connect, logged, outcomes } = bench(handler as never);
    const client = connect();
    expect(await client.say(get())).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
    expect(logged.map(({ level }) => level)).toContain('error');
    expect(outcomes).toMatchObject([{ status: 500 }]);
    expect(await client.say(get())).toMatch(/^HTTP\/1\.1 500/); // the connection goes on
  });

  it('is heard once when a promise of another kind calls back twice', async () => {
    const twice = thenable({
      value: (done: () => void, failed: (error: Error) => void) => {
        done();
        failed(new Error('too late'));
        done();
      },
    });
    const { connect, outcomes, logged } = bench((context) => {
      path(context);
      return twice as never;
    });
    expect(await connect().say(get())).toBe(ok('/'));
    expect(outcomes.length).toBe(1);
    expect(logged).toEqual([]);
  });

  it.each([
    ['a bad status', { status: 42 }],
    ['a body of another length than declared', { status: 200, body: 'four', declaredLength: 3 }],
    ['a bad length', { status: 200, declaredLength: -1 }],
    ['a tunnel nobody asked for', { status: 101, upgrade: () => undefined }],
  ])('by giving %s gets 500', async (_name, answer) => {
    const { connect } = bench(({ response }) => void Object.assign(response, answer));
    expect(await connect().say(get())).toMatch(/^HTTP\/1\.1 500/);
  });

  it.each([
    ['more', 3],
    ['less', 9],
  ])('by streaming %s than it declared has its answer cut', async (_name, declaredLength) => {
    const { connect, outcomes } = bench(({ response }) => {
      response.status = 200;
      const body = openBody('hello');
      response.body = body;
      response.declaredLength = declaredLength;
      setImmediate(() => body.end());
    });
    const client = connect();
    await client.say(get());
    expect(client.isClosed).toBe(true);
    expect(outcomes).toMatchObject([{ end: 'handler-failed', error: { code: 'SERVER_BODY_LENGTH_MISMATCH' } }]);
  });

  it('by a body that throws when it starts has its answer cut', async () => {
    const { connect, outcomes } = bench(({ response }) => {
      response.status = 200;
      response.body = {
        ...openBody(''),
        start: () => {
          throw new Error('no start');
        },
      };
    });
    const client = connect();
    await client.say(get());
    expect(client.isClosed).toBe(true);
    expect(outcomes).toMatchObject([{ end: 'handler-failed', error: { message: 'no start' } }]);
  });

  it('by trailers that cannot be sent has its answer cut', async () => {
    const { connect, outcomes } = bench(({ response }) => {
      response.status = 200;
      response.trailers = () => ({ 'Content-Length': '1' });
      const body = openBody('x');
      response.body = body;
      setImmediate(() => body.end());
    });
    const client = connect();
    await client.say(get());
    expect(client.isClosed).toBe(true);
    expect(outcomes).toMatchObject([{ end: 'handler-failed', error: { code: 'SERVER_RESPONSE_INVALID' } }]);
  });

  it('in onHead gets 500', async () => {
    const { connect } = bench((context) => {
      context.onHead(() => {
        throw new Error('a bug');
      });
      return path(context);
    });
    expect(await connect().say(get())).toMatch(/^HTTP\/1\.1 500/);
  });

  it('asks onHead for a last word on error answers too', async () => {
    const { connect } = bench((context) => {
      context.onHead(({ headers }) => void headers.set('X-Frame-Options', 'DENY'));
      throw new Error('a bug');
    });
    expect(await connect().say(get())).toContain('X-Frame-Options: DENY');
  });
});

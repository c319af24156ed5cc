import { HttpError } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { openBody } from './open-body.ts';
import { bench, get, path } from './talk.ts';

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
    ['a bad status', { status: 42 }],
    ['a body of another length than declared', { status: 200, declaredLength: 3, body: 'four' }],
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
      response.declaredLength = declaredLength;
      const body = openBody('hello');
      response.body = body;
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

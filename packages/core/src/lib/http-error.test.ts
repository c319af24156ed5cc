import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { coreErrors } from './errors.ts';
import { coreError, HttpError } from './http-error.ts';

describe('HttpError', () => {
  it('carries status, code, headers and cause', () => {
    const cause = new Error('why');
    const error = new HttpError(401, 'AUTH_MISSING', 'Who are you?', {
      headers: { 'WWW-Authenticate': 'Basic' },
      cause,
    });
    expect(error).toMatchObject({
      status: 401,
      code: 'AUTH_MISSING',
      message: 'Who are you?',
      name: 'HttpError',
      cause,
    });
    expect(error.headers).toEqual({ 'WWW-Authenticate': 'Basic' });
    expect('cause' in new HttpError(400, 'X', '')).toBe(false);
  });

  it('exposes its message below 500 only, unless told otherwise', () => {
    expect(new HttpError(499, 'X', '').expose).toBe(true);
    expect(new HttpError(500, 'X', '').expose).toBe(false);
    expect(new HttpError(503, 'X', '', { expose: true }).expose).toBe(true);
    expect(new HttpError(403, 'X', '', { expose: false }).expose).toBe(false);
  });
});

describe('HttpError.is()', () => {
  it('knows its own', () => {
    expect(HttpError.is(new HttpError(400, 'X', ''))).toBe(true);
    expect(HttpError.is(new (class Special extends HttpError {})(400, 'X', ''))).toBe(true);
  });

  it('knows an error of another copy of the package', async () => {
    const copyUrl = './http-error.ts?copy';
    const copy = (await import(/* @vite-ignore */ copyUrl)) as { HttpError: typeof HttpError };
    expect(copy.HttpError).not.toBe(HttpError);
    expect(HttpError.is(new copy.HttpError(400, 'X', ''))).toBe(true);
  });

  it('knows an error of another realm', () => {
    const foreign: unknown = runInNewContext(
      "Object.assign(new Error('x'), { [Symbol.for('windhover.HttpError')]: true, status: 400 })",
    );
    expect(foreign).not.toBeInstanceOf(Error);
    expect(HttpError.is(foreign)).toBe(true);
  });

  it.each([null, undefined, 'HttpError', 400, new Error('HttpError'), { name: 'HttpError', status: 400, code: 'X' }])(
    'is not deceived by %j',
    (value) => {
      expect(HttpError.is(value)).toBe(false);
    },
  );
});

describe('coreError()', () => {
  it.each(Object.entries(coreErrors))('%s has a status and a message', (code, { status, message }) => {
    const error = coreError(code as keyof typeof coreErrors, 'detail');
    expect(error).toMatchObject({ code, status, message: `${message}: detail` });
    expect([code.startsWith('CORE_'), status >= 400]).toEqual([true, true]);
  });
});

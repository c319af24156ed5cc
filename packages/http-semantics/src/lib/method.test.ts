import { describe, expect, it } from 'vitest';
import { isIdempotentMethod, isSafeMethod } from './method.ts';

describe('isSafeMethod() and isIdempotentMethod()', () => {
  it.each([
    ['GET', true, true],
    ['HEAD', true, true],
    ['OPTIONS', true, true],
    ['TRACE', true, true],
    ['QUERY', true, true],
    ['PUT', false, true],
    ['DELETE', false, true],
    ['POST', false, false],
    ['PATCH', false, false],
    ['CONNECT', false, false],
    ['LOCK', false, false],
    ['get', false, false],
    ['constructor', false, false],
  ])('%s is safe: %s, idempotent: %s (RFC 9110 §9.2)', (method, isSafe, isIdempotent) => {
    expect([isSafeMethod(method), isIdempotentMethod(method)]).toEqual([isSafe, isIdempotent]);
  });
});

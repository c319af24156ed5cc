import { describe, expect, it } from 'vitest';
import { evaluatePreconditions, type PreconditionRequest } from './preconditions.ts';

const lastModifiedMs = Date.UTC(2024, 0, 10, 12, 0, 0);
const at = 'Wed, 10 Jan 2024 12:00:00 GMT';
const before = 'Wed, 10 Jan 2024 11:59:59 GMT';
const after = 'Wed, 10 Jan 2024 12:00:01 GMT';
const representation = { etag: '"a"', lastModifiedMs: lastModifiedMs + 700, nowMs: lastModifiedMs + 60_000 };

type Row = [name: string, request: Partial<PreconditionRequest>, expected: string];

describe('evaluatePreconditions()', () => {
  it.each<Row>([
    ['proceeds without conditions', {}, 'proceed'],
    ['If-Match with the tag proceeds', { ifMatch: '"b", "a"' }, 'proceed'],
    ['If-Match without the tag fails', { ifMatch: '"b"' }, 'precondition-failed'],
    ['If-Match compares strongly', { ifMatch: 'W/"a"' }, 'precondition-failed'],
    ['If-Match * proceeds', { ifMatch: '*' }, 'proceed'],
    ['If-Match that is malformed fails', { ifMatch: 'a' }, 'precondition-failed'],
    ['a matching If-Match overrides If-Unmodified-Since', { ifMatch: '"a"', ifUnmodifiedSince: before }, 'proceed'],
    ['If-Unmodified-Since before the change fails', { ifUnmodifiedSince: before }, 'precondition-failed'],
    ['If-Unmodified-Since within the second proceeds', { ifUnmodifiedSince: at }, 'proceed'],
    ['If-Unmodified-Since that is malformed is ignored', { ifUnmodifiedSince: 'yesterday' }, 'proceed'],
    ['If-None-Match with the tag is 304', { ifNoneMatch: '"a"' }, 'not-modified'],
    ['If-None-Match compares weakly', { ifNoneMatch: 'W/"a"' }, 'not-modified'],
    ['If-None-Match without the tag proceeds', { ifNoneMatch: '"b"' }, 'proceed'],
    ['If-None-Match does not match inside quotes', { ifNoneMatch: '"x,"a",y"' }, 'proceed'],
    ['If-None-Match * is 304', { ifNoneMatch: '*' }, 'not-modified'],
    ['If-None-Match that is malformed proceeds', { ifNoneMatch: 'a' }, 'proceed'],
    ['If-None-Match is 304 for HEAD', { method: 'HEAD', ifNoneMatch: '"a"' }, 'not-modified'],
    ['If-None-Match is 412 for PUT', { method: 'PUT', ifNoneMatch: '"a"' }, 'precondition-failed'],
    ['If-None-Match * is 412 for PUT', { method: 'PUT', ifNoneMatch: '*' }, 'precondition-failed'],
    [
      'a missed If-None-Match overrides an old If-Modified-Since',
      { ifNoneMatch: '"b"', ifModifiedSince: after },
      'proceed',
    ],
    [
      'a met If-None-Match overrides If-Modified-Since',
      { ifNoneMatch: '"a"', ifModifiedSince: before },
      'not-modified',
    ],
    ['If-Modified-Since within the second is 304', { ifModifiedSince: at }, 'not-modified'],
    ['If-Modified-Since afterwards is 304', { ifModifiedSince: after }, 'not-modified'],
    ['If-Modified-Since before the change proceeds', { ifModifiedSince: before }, 'proceed'],
    ['If-Modified-Since is ignored for POST', { method: 'POST', ifModifiedSince: after }, 'proceed'],
    ['If-Modified-Since that is malformed is ignored', { ifModifiedSince: '2099-01-01' }, 'proceed'],
    ['If-Match is evaluated before If-None-Match', { ifMatch: '"b"', ifNoneMatch: '"a"' }, 'precondition-failed'],
    ['If-Match and If-None-Match both count', { ifMatch: '"a"', ifNoneMatch: '"a"' }, 'not-modified'],
  ])('%s (RFC 9110 §13.2.2)', (_name, request, expected) => {
    expect(evaluatePreconditions({ method: 'GET', ...request }, representation).kind).toBe(expected);
  });

  it.each<Row>([
    ['If-None-Match * proceeds', { ifNoneMatch: '*' }, 'proceed'],
    ['If-Match * fails', { ifMatch: '*' }, 'precondition-failed'],
    ['If-Match with any tag fails', { ifMatch: '"a"' }, 'precondition-failed'],
    ['dates are ignored', { ifUnmodifiedSince: before }, 'proceed'],
  ])('for a PUT that creates, %s', (_name, request, expected) => {
    expect(evaluatePreconditions({ method: 'PUT', ...request }, { exists: false }).kind).toBe(expected);
  });

  it.each<Row>([
    ['If-Modified-Since', { ifModifiedSince: after }, 'proceed'],
    ['If-Unmodified-Since', { ifUnmodifiedSince: before }, 'proceed'],
    ['If-None-Match', { ifNoneMatch: '"a"' }, 'proceed'],
  ])('without validators, %s proceeds', (_name, request, expected) => {
    expect(evaluatePreconditions({ method: 'GET', ...request }, {}).kind).toBe(expected);
  });

  it.each<[string, Partial<PreconditionRequest>, boolean]>([
    ['is not honoured without Range', {}, false],
    ['is honoured without If-Range', { range: 'bytes=0-0' }, true],
    ['is ignored for HEAD', { method: 'HEAD', range: 'bytes=0-0' }, false],
    ['is ignored for PUT', { method: 'PUT', range: 'bytes=0-0' }, false],
    ['is honoured with the same strong tag', { range: 'bytes=0-0', ifRange: '"a"' }, true],
    ['is ignored with another tag', { range: 'bytes=0-0', ifRange: '"b"' }, false],
    ['is ignored with a weak tag', { range: 'bytes=0-0', ifRange: 'W/"a"' }, false],
    ['is honoured with the exact date', { range: 'bytes=0-0', ifRange: at }, true],
    ['is ignored with an earlier date', { range: 'bytes=0-0', ifRange: before }, false],
    ['is ignored with a later date', { range: 'bytes=0-0', ifRange: after }, false],
    ['is ignored with an unreadable If-Range', { range: 'bytes=0-0', ifRange: 'a' }, false],
    ['is ignored with a list in If-Range', { range: 'bytes=0-0', ifRange: '"a", "b"' }, false],
  ])('Range %s (RFC 9110 §13.1.5)', (_name, request, honourRange) => {
    const result = evaluatePreconditions({ method: 'GET', ...request }, representation);
    expect(result).toEqual({ kind: 'proceed', honourRange });
  });

  it('never matches two weak tags in If-Range', () => {
    const result = evaluatePreconditions({ method: 'GET', range: 'bytes=0-0', ifRange: 'W/"a"' }, { etag: 'W/"a"' });
    expect(result).toEqual({ kind: 'proceed', honourRange: false });
  });

  it('takes a date within the second of modification for weak (RFC 9110 §8.8.2.2)', () => {
    const fresh = { lastModifiedMs, nowMs: lastModifiedMs + 999 };
    const result = evaluatePreconditions({ method: 'GET', range: 'bytes=0-0', ifRange: at }, fresh);
    expect(result).toEqual({ kind: 'proceed', honourRange: false });
  });
});

import { describe, expect, it } from 'vitest';
import { hasNoBody, statusText } from './status.ts';

describe('statusText()', () => {
  it.each([
    [200, 'OK'],
    [404, 'Not Found'],
    [413, 'Content Too Large'],
    [422, 'Unprocessable Content'],
    [299, ''],
    [0, ''],
  ])('names %d %j', (status, text) => expect(statusText(status)).toBe(text));
});

describe('hasNoBody()', () => {
  it.each([100, 101, 103, 199, 204, 304])('is true for %d', (status) => expect(hasNoBody(status)).toBe(true));
  it.each([200, 205, 206, 301, 404, 500])('is false for %d', (status) => expect(hasNoBody(status)).toBe(false));
});

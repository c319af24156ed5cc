import { describe, expect, it } from 'vitest';
import { type ErrorFormat, errorFormat } from './error-format.ts';

describe('errorFormat()', () => {
  it.each<[string, string | undefined, ErrorFormat]>([
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8', 'html'],
    ['a browser that loads an image', 'image/avif,image/webp,*/*;q=0.8', 'problem'],
    ['curl', '*/*', 'text'],
    ['a client that says nothing', undefined, 'text'],
    ['a client that says nothing well formed', 'x', 'text'],
    ['an API client', 'application/json', 'problem'],
    ['an API client that would take anything', 'application/json, text/plain, */*', 'problem'],
    ['a client that knows problems', 'application/problem+json', 'problem'],
    ['a client that prefers text', 'text/plain, text/html;q=0.5', 'text'],
    ['a client that wants any text', 'text/*', 'html'],
    ['a client that refuses HTML', 'text/html;q=0, text/*', 'text'],
    ['a client that wants none of these', 'image/png', 'text'],
  ])('for %s', (_, accept, format) => expect(errorFormat(accept)).toBe(format));
});

import { describe, expect, it } from 'vitest';
import { parseOrigin } from './origin.ts';

describe('parseOrigin()', () => {
  it.each([
    ['http://127.0.0.1:3000', { host: '127.0.0.1', port: 3000 }, '127.0.0.1:3000'],
    ['http://EXAMPLE.com', { host: 'example.com', port: 80 }, 'example.com'],
    ['http://[::1]:3000/', { host: '::1', port: 3000 }, '[::1]:3000'],
    ['unix:/run/app.sock', { path: '/run/app.sock' }, 'localhost'],
  ])('reads %s', (text, address, host) => {
    expect(parseOrigin(text)).toMatchObject({ address, host });
  });

  it.each(['127.0.0.1:3000', 'ftp://a', 'http://a/path', 'http://a?x', 'http://u:p@a', 'unix:relative', 'http://', ''])(
    'refuses %j and says what it expected',
    (text) => {
      expect(() => parseOrigin(text)).toThrow(expect.objectContaining({ code: 'CLIENT_ORIGIN_INVALID' }));
    },
  );

  it.each(['localhost:3000', '127.0.0.1:3000', 'shop.internal', '[::1]:3000'])(
    'guesses what %s is meant to be',
    (text) => {
      expect(() => parseOrigin(text)).toThrow(
        `expected http://host:port, https://host:port or unix:/path, got "${text}". Did you mean "http://${text}"?`,
      );
      expect(() => parseOrigin('ftp://a:21')).toThrow(
        /ftp:\/\/ is not supported, expected http:\/\/, got "ftp:\/\/a:21"$/,
      );
    },
  );

  it('reads an https:// origin, with 443 as its port', () => {
    expect(parseOrigin('https://A.example')).toMatchObject({ key: 'https://a.example', host: 'a.example' });
    expect(parseOrigin('https://a').address).toEqual({ host: 'a', port: 443 });
    expect(parseOrigin('http://a').tls).toBe(null);
  });
});

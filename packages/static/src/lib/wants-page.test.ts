import { HttpHeaders } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { wantsPage } from './wants-page.ts';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
const wants = (path: string, headers: Record<string, string>): boolean =>
  wantsPage(path.split('/'), new HttpHeaders(headers));

describe('wantsPage()', () => {
  it.each(['users/7', '', 'v1.2', 'users/john.smith', 'a.b/c'])('is true for the path %j', (path) => {
    expect(wants(path, { accept: browser })).toBe(true);
  });

  it.each(['app.js', 'img/logo.svg', 'app-BcD3f9aZ.css', 'app.js.map', 'page.html', 'favicon.ico'])(
    'is false for the missing asset %j',
    (path) => {
      expect(wants(path, { accept: browser })).toBe(false);
    },
  );

  it.each([
    [{}, true],
    [{ accept: '*/*' }, true],
    [{ accept: 'text/html;q=0' }, false],
    [{ accept: 'application/json' }, false],
    [{ accept: 'application/json, */*;q=0.1' }, false],
    [{ accept: 'image/avif,image/webp,*/*;q=0.8' }, false],
    [{ accept: '*/*;q=0' }, false],
    [{ accept: '*/*', 'sec-fetch-mode': 'cors' }, false],
    [{ accept: browser, 'sec-fetch-mode': 'navigate' }, true],
    [{ accept: 'text/html', 'sec-fetch-mode': 'cors' }, true],
    [{ 'sec-fetch-mode': 'no-cors' }, false],
  ] as [Record<string, string>, boolean][])('looks at what the client accepts: %j', (headers, expected) => {
    expect(wants('users/7', headers)).toBe(expected);
  });
});

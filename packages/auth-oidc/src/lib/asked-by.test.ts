import type { HttpContext } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { isPageRequest, mayLogOut } from './asked-by.ts';

async function say(decide: (context: HttpContext) => boolean, method: string, headers: Record<string, string>) {
  const run = (context: HttpContext): void => {
    context.response.body = String(decide(context));
  };
  return (await runHandler(run, { method, headers: { host: 'app.example', ...headers } })).text();
}
const html = { accept: 'text/html,*/*' };

describe('isPageRequest()', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['GET', html, true],
    ['GET', { ...html, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true],
    ['GET', {}, false],
    ['GET', { accept: 'application/json' }, false],
    ['POST', html, false],
    ['GET', { ...html, 'sec-fetch-mode': 'cors' }, false],
    ['GET', { ...html, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, false],
    ['GET', { ...html, 'sec-purpose': 'prefetch' }, false],
  ])('%s with %j: %s', async (method, headers, expected) => {
    expect(await say(isPageRequest, method, headers)).toBe(String(expected));
  });
});

describe('mayLogOut()', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['POST', {}, true],
    ['POST', { origin: 'http://app.example' }, true],
    ['POST', { 'sec-fetch-site': 'same-origin' }, true],
    ['GET', { 'sec-fetch-site': 'same-origin' }, true],
    ['GET', { 'sec-fetch-site': 'none' }, true],
    ['GET', {}, false],
    ['GET', { 'sec-fetch-site': 'cross-site' }, false],
    ['GET', { 'sec-fetch-site': 'same-site' }, false],
    ['GET', { 'sec-fetch-site': 'same-origin', 'sec-purpose': 'prefetch;prerender' }, false],
    ['POST', { 'sec-fetch-site': 'cross-site' }, false],
    ['POST', { origin: 'https://evil.example' }, false],
    ['POST', { origin: 'null' }, false],
    ['PUT', { 'sec-fetch-site': 'same-origin' }, false],
  ])('%s with %j: %s', async (method, headers, expected) => {
    expect(await say(mayLogOut, method, headers)).toBe(String(expected));
  });
});

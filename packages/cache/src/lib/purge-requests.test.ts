import type { HttpContext } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { PurgeSelector } from './cache-store.ts';
import { createCache } from './create-cache.ts';
import { purgeRequests } from './purge-requests.ts';

function siteWith(isAllowed: (context: HttpContext) => boolean = () => true) {
  const cache = createCache();
  const told: (PurgeSelector | boolean)[] = [];
  const purges = purgeRequests(cache, { isAllowed, onPurge: (selector, soft) => void told.push(selector, soft) });
  let count = 0;
  const handler = (context: HttpContext) =>
    purges(context, (own) =>
      cache.middleware(own, ({ request, response }) => {
        count += 1;
        response.headers.set('Cache-Control', 'max-age=60');
        response.headers.set('ETag', '"a"');
        response.headers.set('Surrogate-Key', request.path.startsWith('/news') ? 'news all' : 'all');
        response.body = `answer ${count}`;
      }),
    );
  const ask = async (url: string, method = 'GET', headers: Record<string, string> = {}) => {
    const result = await runHandler(handler, { url, method, headers });
    return result.status === 200 ? result.text() : result.status;
  };
  return { ask, told };
}

describe('purgeRequests()', () => {
  it.each([
    ['/news/1', {}, ['/news/1']],
    ['/news/1?a=2', {}, ['/news/1?a=2']],
    ['/news*', {}, ['/news/1', '/news/1?a=2', '/news/2']],
    ['/*', {}, ['/news/1', '/news/1?a=2', '/news/2', '/other']],
    ['/', { 'Surrogate-Key': 'news' }, ['/news/1', '/news/1?a=2', '/news/2']],
    ['/', { 'Cache-Tag': 'all' }, ['/news/1', '/news/1?a=2', '/news/2', '/other']],
    ['/nothing', {}, []],
  ])('PURGE %s with %o removes %o', async (url, headers, expected) => {
    const { ask } = siteWith();
    const urls = ['/news/1', '/news/1?a=2', '/news/2', '/other'];
    const before = [];
    for (const each of urls) before.push(await ask(each));
    expect(await ask(url, 'PURGE', headers)).toBe(`{"purged":${expected.length}}\n`);
    const removed = [];
    for (const [index, each] of urls.entries()) if ((await ask(each)) !== before[index]) removed.push(each);
    expect(removed).toEqual(expected);
  });

  it('means both schemes, and tells others what it did', async () => {
    const { ask, told } = siteWith();
    await ask('/a', 'PURGE', { 'Soft-Purge': '1', Host: 'example.com:8080' });
    const urls = ['http://example.com:8080/a', 'https://example.com:8080/a'];
    expect(told).toEqual([{ url: urls[0] }, true, { url: urls[1] }, true]);
  });

  it('refuses clients that are not allowed, and lets other methods through', async () => {
    const { ask } = siteWith(() => false);
    await ask('/a');
    expect([await ask('/a', 'PURGE'), await ask('/a')]).toEqual([403, 'answer 1']);
  });

  it('refuses to be made without isAllowed', () => {
    expect(() => purgeRequests(createCache(), {} as never)).toThrow(
      expect.objectContaining({ code: 'CACHE_OPTION_INVALID' }),
    );
  });
});

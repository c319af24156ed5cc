import type { HttpContext } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

/** An origin that counts its answers, and takes their fields from the query. */
function countingOrigin(): Feature<unknown> {
  let count = 0;
  const run = ({ request, response }: HttpContext): void => {
    count += 1;
    for (const [name, value] of new URLSearchParams(request.query ?? '')) response.headers.set(name, value);
    if (request.path.endsWith('missing')) response.status = 404;
    response.body = `answer ${count}`;
  };
  return {
    name: 'origin',
    levels: ['route'],
    phases: ['origin'],
    combine: 'replace',
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    create: () => ({ layers: [{ phase: 'origin', run }] }),
  };
}

const config = (value: string) => `sites: { a: { routes: [{ path: /, cache: ${value}, origin: true }] } }`;

async function twice(value: string, url: string, headers: Record<string, string> = {}, waitMs = 0): Promise<string> {
  const clock = createManualClock({ now: Date.UTC(2026, 0, 1) });
  const handler = await handlerOf(config(value), clock, [countingOrigin()]);
  const ask = (more = {}) => runHandler(handler, { url, headers: { ...headers, ...more }, now: () => clock.now() });
  await ask();
  clock.advance(waitMs);
  return (await ask()).text();
}

describe('cache', () => {
  it.each([
    ['honor-origin', '/?cache-control=max-age%3D9', 'answer 1'],
    ['honor-origin', '/', 'answer 2'],
    ['true', '/?cache-control=max-age%3D9', 'answer 1'],
    ['micro-cache', '/', 'answer 1'],
    ['micro-cache', '/?cache-control=private', 'answer 2'],
    ['static-assets', '/a.css?content-type=text/css', 'answer 1'],
    ['static-assets', '/account/a.css?content-type=text/html', 'answer 2'],
    ['static-assets', '/page?content-type=text/html', 'answer 2'],
    ['{ ttl: 1m }', '/', 'answer 1'],
    ['{ ttl: 1m }', '/missing', 'answer 2'],
    ['{ notFound: 1m }', '/missing', 'answer 1'],
    ['{ preset: micro-cache, ttl: null }', '/', 'answer 2'],
    ['{ overrideOrigin: true, ttl: 1m }', '/?cache-control=max-age%3D0', 'answer 1'],
    ['{ maxObject: 1B, ttl: 1m }', '/', 'answer 2'],
    ['{ maxSize: 1B, ttl: 1m }', '/', 'answer 2'],
    ['{ minUses: 3, ttl: 1m }', '/', 'answer 2'],
  ])('%s answers the second request for %s with %s', async (value, url, text) => {
    expect(await twice(value, url)).toBe(text);
  });

  it('goes by the times it was given', async () => {
    expect(await twice('{ ttl: 10s }', '/', {}, 9000)).toBe('answer 1');
    expect(await twice('{ ttl: 10s }', '/', {}, 11_000)).toBe('answer 2');
    expect(await twice('{ ttl: 10s, stale: 10s }', '/', {}, 11_000)).toBe('answer 1');
  });

  it('obeys the client, unless it is told not to', async () => {
    const reload = { 'Cache-Control': 'no-cache' };
    expect(await twice('{ ttl: 1m }', '/', reload)).toBe('answer 2');
    expect(await twice('{ ttl: 1m, ignoreClient: true }', '/', reload)).toBe('answer 1');
  });

  it('distinguishes answers by fields and cookies of the key, and by vary', async () => {
    const clock = createManualClock();
    const rules =
      '{ ttl: 1m, vary: [Accept-Language], key: { headers: [X-Plan], cookies: [theme] }, ignoreQuery: [a] }';
    const handler = await handlerOf(config(rules), clock, [countingOrigin()]);
    const ask = async (headers: Record<string, string>, url = '/') =>
      (await runHandler(handler, { url, headers })).text();
    expect(await ask({ 'Accept-Language': 'de' })).toBe('answer 1');
    expect(await ask({ 'Accept-Language': 'fr' })).toBe('answer 2');
    expect(await ask({ 'Accept-Language': 'de', 'X-Plan': 'pro' })).toBe('answer 3');
    expect(await ask({ 'Accept-Language': 'de', Cookie: 'theme=dark' })).toBe('answer 4');
    expect(await ask({ 'Accept-Language': 'de', Cookie: 'theme=dark' })).toBe('answer 4');
    expect(await ask({ 'Accept-Language': 'de' }, '/?a=1')).toBe('answer 1');
  });

  it.each(['yes', 'fast', '{ ttl: soon }', '{ preset: fast }', '{ key: a }', '{ minUses: 0 }', '{ a: 1 }'])(
    'refuses %s',
    async (value) => {
      await expect(handlerOf(config(value), undefined, [countingOrigin()])).rejects.toThrow('cache');
    },
  );
});

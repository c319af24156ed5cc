import type { HttpContext } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { type Answer, cacheBefore, type Fixture, settle } from './cache-fixtures.ts';
import type { CacheOptions } from './cache-options.ts';

const content = Array.from({ length: 100 }, (_each, index) => String(index % 10)).join('');

interface Origin {
  etag: string;
  cacheControl: string;
  content: string;
  headers: Record<string, string>;
  /** The next part breaks off after so many bytes. */
  cutAfter: number | null;
}

async function* broken(text: string): AsyncGenerator<string> {
  yield text;
  await settle();
  throw new Error('the origin broke off');
}

/** An origin whose content is too large for the store, so that it is asked for the part that the client wants. */
function large(
  options: CacheOptions = {},
): Fixture & { origin: Origin; part(range: string, headers?: Record<string, string>): Promise<string> } {
  const origin: Origin = { etag: '"a"', cacheControl: 'max-age=60', content, headers: {}, cutAfter: null };
  const fixture = cacheBefore(
    ({ request }: HttpContext): Answer => {
      const headers = { 'Cache-Control': origin.cacheControl, ETag: origin.etag, ...origin.headers };
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get('range') ?? '');
      const ifRange = request.headers.get('if-range');
      if (range === null || (ifRange !== undefined && ifRange !== origin.etag))
        return { headers, body: origin.content };
      const [start, end] = [Number(range[1]), Number(range[2])];
      const text = origin.content.slice(start, end + 1);
      const { cutAfter } = origin;
      origin.cutAfter = null;
      return {
        status: 206,
        headers: { ...headers, 'Content-Range': `bytes ${start}-${end}/${origin.content.length}` },
        body: cutAfter === null ? text : broken(text.slice(0, cutAfter)),
      };
    },
    { maxObjectBytes: 60, ...options },
  );
  const part = async (range: string, headers: Record<string, string> = {}): Promise<string> => {
    const asked = fixture.requests.length;
    const answer = await fixture.ask({ headers: { Range: `bytes=${range}`, ...headers } });
    const from = fixture.requests.length === asked ? 'store' : 'origin';
    return `${from} ${answer.status} ${answer.headers.get('content-range') ?? 'all'} ${answer.text().length}`;
  };
  return { ...fixture, origin, part };
}

describe('parts of an answer that is too large to be stored', () => {
  it('are stored, and answer ranges that are wholly known (RFC 9111 §3.3, §3.4)', async () => {
    const { ask, part, clock } = large();
    expect(await part('10-29')).toBe('origin 206 bytes 10-29/100 20');
    clock.advance(5000);
    const again = await ask({ headers: { Range: 'bytes=12-15' } });
    expect([again.status, again.text(), again.headers.get('content-range')]).toEqual([206, '2345', 'bytes 12-15/100']);
    expect([again.headers.get('age'), again.headers.get('cache-status')]).toEqual(['5', 'Windhover; hit; ttl=55']);
    expect(await part('12-30')).toBe('origin 206 bytes 12-30/100 19');
    expect(await part('10-30')).toBe('store 206 bytes 10-30/100 21');
    expect(await part('0-5')).toBe('origin 206 bytes 0-5/100 6');
    expect(await part('-71')).toBe('origin 200 all 100');
  });

  it('are not served as the whole, but once every byte is known they are it', async () => {
    const { ask, part, requests } = large();
    await part('0-49');
    await part('51-99');
    let asked = requests.length;
    expect((await ask()).text()).toBe(content);
    expect(requests.length).toBeGreaterThan(asked);
    await part('50-50');
    asked = requests.length;
    const whole = await ask();
    expect([whole.status, whole.text(), whole.headers.get('content-range')]).toEqual([200, content, undefined]);
    expect(await part('90-')).toBe('store 206 bytes 90-99/100 10');
    expect(requests.length).toBe(asked);
  });

  it.each<[string, Partial<Origin>]>([
    ['a weak validator', { etag: 'W/"a"' }],
    ['no-store', { cacheControl: 'no-store' }],
    ['private', { cacheControl: 'private, max-age=60' }],
    ['no-cache', { cacheControl: 'no-cache' }],
    ['Set-Cookie', { headers: { 'Set-Cookie': 'a=1' } }],
    ['Vary: *', { headers: { Vary: '*' } }],
  ])('are not kept with %s', async (_name, facts) => {
    const { part, origin } = large();
    Object.assign(origin, facts);
    await part('0-9');
    expect(await part('0-9')).toMatch(/^origin/);
  });

  it('are dropped when the validator has changed', async () => {
    const { part, origin } = large();
    await part('0-49');
    origin.etag = '"b"';
    origin.content = content.replaceAll('1', 'x');
    expect(await part('50-99')).toMatch(/^origin 206/);
    expect(await part('0-49')).toMatch(/^origin/);
    expect(await part('0-99')).toBe('store 206 bytes 0-99/100 100');
  });

  it('are dropped when an answer to another request has another validator', async () => {
    const { ask, part, origin } = large();
    await part('0-49');
    origin.etag = '"b"';
    await ask();
    expect(await part('0-9')).toMatch(/^origin/);
  });

  it('are not given for an If-Range with another validator', async () => {
    const { part } = large();
    await part('0-49');
    expect(await part('0-9', { 'If-Range': '"a"' })).toMatch(/^store 206/);
    expect(await part('0-9', { 'If-Range': '"old"' })).toBe('origin 200 all 100');
    expect(await part('0-9', { 'If-Range': 'Sat, 10 Jan 2026 12:00:00 GMT' })).toMatch(/^origin 200/);
  });

  it('are not used when they are stale, and a new part makes them fresh again', async () => {
    const { part, clock } = large();
    await part('0-49');
    clock.advance(61_000);
    expect(await part('0-9')).toMatch(/^origin/);
    expect(await part('0-49')).toMatch(/^store/);
  });

  it('know what has arrived of a part that broke off, and no more', async () => {
    const { part, origin } = large();
    await part('0-0');
    origin.cutAfter = 7;
    await part('10-29').catch(() => undefined);
    expect(await part('10-16')).toBe('store 206 bytes 10-16/100 7');
    expect(await part('10-17')).toMatch(/^origin/);
  });

  it('are for those only whom the answer is for', async () => {
    const { part, origin } = large();
    origin.headers = { Vary: 'X-Kind' };
    await part('0-9', { 'X-Kind': 'one' });
    expect(await part('0-9', { 'X-Kind': 'two' })).toMatch(/^origin/);
    expect(await part('0-9', { 'X-Kind': 'one' })).toMatch(/^store/);
    expect(await part('0-9', { 'X-Kind': 'one', 'Cache-Control': 'no-cache' })).toMatch(/^origin/);
  });

  it('are purged with their URL, and by an unsafe request', async () => {
    const { part, cache, ask } = large();
    await part('0-9');
    await cache.purge({ url: 'http://localhost/' });
    expect(await part('0-9')).toMatch(/^origin/);
    await ask({ method: 'POST' });
    expect(await part('0-9')).toMatch(/^origin/);
  });

  it('are not kept if a purge happens while they arrive', async () => {
    let goOn: () => void = () => undefined;
    async function* slowly(): AsyncGenerator<string> {
      yield content.slice(0, 5);
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      yield content.slice(5, 10);
    }
    const headers = { 'Cache-Control': 'max-age=60', ETag: '"a"' };
    const { ask, cache, requests } = cacheBefore(
      ({ request }) =>
        request.headers.has('range')
          ? { status: 206, headers: { ...headers, 'Content-Range': 'bytes 0-9/100' }, body: slowly() }
          : { headers, body: content },
      { maxObjectBytes: 60 },
    );
    const init = { headers: { Range: 'bytes=0-9' } };
    for (const isPurged of [true, false]) {
      const first = ask(init);
      while (!requests.at(-1)?.headers.has('range')) await settle();
      await settle();
      if (isPurged) await cache.purge({ all: true });
      goOn();
      expect((await first).text()).toBe('0123456789');
      const asked = requests.length;
      const second = ask({ headers: { Range: 'bytes=0-3' } });
      await settle();
      await settle();
      expect(requests.length > asked).toBe(isPurged);
      goOn();
      await second;
    }
  });

  it('take no more memory than they may, and the oldest go first', async () => {
    const { ask, requests } = large({ maxPartsBytes: 3000 });
    const get = (url: string) => ask({ url, headers: { Range: 'bytes=0-9' } });
    for (const url of ['/a', '/b', '/a', '/c']) await get(url);
    const asked = requests.length;
    await get('/a');
    await get('/c');
    expect(requests.length).toBe(asked);
    await get('/b');
    expect(requests.length).toBeGreaterThan(asked);
  });

  it('are not kept at all with `maxPartsBytes: 0`', async () => {
    const { part } = large({ maxPartsBytes: 0 });
    await part('0-9');
    expect(await part('0-9')).toMatch(/^origin/);
  });
});

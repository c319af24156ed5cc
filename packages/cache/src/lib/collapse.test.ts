import type { BodySink, PushBody } from '@windhover/core';
import { HttpError } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { type Answer, cacheBefore, counting, settle } from './cache-fixtures.ts';
import { createMemoryStore } from './memory-store.ts';

/** Answers when a test says so. */
class SlowOrigin {
  private readonly waiting: ((answer: Answer | Error) => void)[] = [];

  readonly run = (): Promise<Answer> =>
    new Promise((resolve, reject) => {
      this.waiting.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });

  answer(answer: Answer | Error): void {
    this.waiting.shift()!(answer);
  }
}

/** A body that a test writes. */
class WrittenBody implements PushBody {
  readonly length = null;
  sink: BodySink | null = null;
  cancelled: Error | null = null;

  start(sink: BodySink): void {
    this.sink = sink;
  }

  pause(): void {
    // writes all the same
  }

  resume(): void {
    // writes all the same
  }

  cancel(reason: Error): void {
    this.cancelled = reason;
  }

  write(text: string): void {
    this.sink!.write(new TextEncoder().encode(text));
  }
}

const cacheable = { 'Cache-Control': 'max-age=60' };

describe('cache() with requests for one URL at the same time', () => {
  it('asks the origin once for 1,000 clients, and all of them get the answer as it arrives', async () => {
    const origin = new SlowOrigin();
    const { ask, cache, requests } = cacheBefore(origin.run);
    const asked = Array.from({ length: 999 }, () => ask());
    await settle();
    const body = new WrittenBody();
    origin.answer({ headers: cacheable, body });
    await settle();
    body.write('first ');
    asked.push(ask()); // joins while the answer arrives
    await settle();
    body.write('second');
    body.sink!.end();
    const results = await Promise.all(asked);
    expect([new Set(results.map((result) => result.text())), requests.length]).toEqual([new Set(['first second']), 1]);
    expect(cache.stats).toMatchObject({ miss: 1, collapsed: 999, entries: 1 });
    expect(results[1]!.headers.get('cache-status')).toBe('Windhover; fwd=uri-miss; fwd-status=200; stored; collapsed');
  });

  it('goes on when the client that came first leaves, before the head and after it', async () => {
    for (const leavesLate of [false, true]) {
      const origin = new SlowOrigin();
      const { ask, requests } = cacheBefore(origin.run);
      const client = new AbortController();
      const first = ask({ signal: client.signal });
      const second = ask();
      await settle();
      const body = new WrittenBody();
      if (!leavesLate) client.abort();
      origin.answer({ headers: cacheable, body });
      await settle();
      body.write('all ');
      if (leavesLate) client.abort();
      await settle();
      body.write('of it');
      body.sink!.end();
      await first;
      expect([(await second).text(), (await ask()).text(), requests.length]).toEqual(['all of it', 'all of it', 1]);
    }
  });

  it('gives nobody the answer of another client if it may not be stored, and does not wait the next time', async () => {
    const origin = new SlowOrigin();
    const { ask, requests } = cacheBefore(origin.run);
    const asked = [ask(), ask(), ask()];
    await settle();
    expect(requests.length).toBe(1);
    origin.answer({ headers: { 'Cache-Control': 'private' }, body: 'yours 1' });
    await settle();
    expect(requests.length).toBe(3);
    origin.answer({ body: 'yours 2' });
    origin.answer({ body: 'yours 3' });
    expect((await Promise.all(asked)).map((result) => result.text())).toEqual(['yours 1', 'yours 2', 'yours 3']);
    const later = [ask(), ask()];
    await settle();
    expect(requests.length).toBe(5);
    origin.answer({ body: 'a' });
    origin.answer({ body: 'b' });
    await Promise.all(later);
  });

  it('tries again with one request after hitForMissMs, while the others still pass', async () => {
    const origin = new SlowOrigin();
    const { ask, clock, requests } = cacheBefore(origin.run, { hitForMissMs: 1000 });
    const first = ask();
    origin.answer({ headers: { 'Cache-Control': 'private' }, body: 'x' });
    await first;
    clock.advance(2000);
    const asked = [ask(), ask()];
    await settle();
    expect(requests.length).toBe(3);
    origin.answer({ headers: cacheable, body: 'stored' });
    origin.answer({ headers: cacheable, body: 'passed' });
    await Promise.all(asked);
    expect((await ask()).text()).toBe('stored');
  });

  it('lets the next one ask when the first takes longer than lockTimeoutMs', async () => {
    const origin = new SlowOrigin();
    const { ask, clock, requests } = cacheBefore(origin.run, { lockTimeoutMs: 1000 });
    const asked = [ask(), ask(), ask()];
    await settle();
    clock.advance(1000);
    await settle();
    expect(requests.length).toBe(2);
    origin.answer({ headers: cacheable, body: 'slow' });
    origin.answer({ headers: cacheable, body: 'second' });
    expect((await Promise.all(asked)).map((result) => result.text())).toEqual(['slow', 'second', 'second']);
  });

  it('does not share an answer that must be validated for each client', async () => {
    const origin = new SlowOrigin();
    const { ask, requests } = cacheBefore(origin.run);
    const asked = [ask(), ask()];
    await settle();
    origin.answer({ headers: { 'Cache-Control': 'no-cache', ETag: '"a"' }, body: 'one' });
    await settle();
    expect(requests.length).toBe(2);
    origin.answer({ headers: { 'Cache-Control': 'no-cache', ETag: '"b"' }, body: 'two' });
    expect((await Promise.all(asked)).map((result) => result.text())).toEqual(['one', 'two']);
  });

  it('does not share an answer with clients for which Vary means another one', async () => {
    const origin = new SlowOrigin();
    const { ask, requests } = cacheBefore(origin.run);
    const asked = ['de', 'fr', 'de'].map((language) => ask({ headers: { 'Accept-Language': language } }));
    await settle();
    const headers = { ...cacheable, Vary: 'Accept-Language' };
    origin.answer({ headers, body: 'deutsch' });
    await settle();
    origin.answer({ headers, body: 'français' });
    expect((await Promise.all(asked)).map((result) => result.text())).toEqual(['deutsch', 'français', 'deutsch']);
    expect(requests.length).toBe(2);
  });

  it('tells all who wait that the origin failed, but asks again for each after a refusal of one', async () => {
    const failing = new SlowOrigin();
    const down = cacheBefore(failing.run);
    const asked = [down.ask(), down.ask()];
    await settle();
    failing.answer(new Error('ECONNREFUSED'));
    expect([(await Promise.all(asked)).map((result) => result.status), down.requests.length]).toEqual([[500, 500], 1]);
    const refusing = new SlowOrigin();
    const closed = cacheBefore(refusing.run);
    const both = [closed.ask(), closed.ask()];
    await settle();
    refusing.answer(new HttpError(401, 'TEST_LOGIN', 'Who are you?'));
    await settle();
    refusing.answer({ body: 'welcome' });
    expect((await Promise.all(both)).map((result) => result.status)).toEqual([401, 200]);
  });

  it('stops storing content that turns out to be too large, and passes it on at the pace of the slowest client', async () => {
    const origin = new SlowOrigin();
    const { ask, cache } = cacheBefore(origin.run, { maxObjectBytes: 10 });
    const asked = [ask(), ask()];
    await settle();
    const body = new WrittenBody();
    origin.answer({ headers: cacheable, body });
    await settle();
    body.write('12345678');
    body.write('90abcdef');
    body.sink!.end();
    expect((await Promise.all(asked)).map((result) => result.text())).toEqual(['1234567890abcdef', '1234567890abcdef']);
    expect(cache.stats.entries).toBe(0);
  });

  it('stops storing when more content arrives than maxArrivingBytes, and stores again afterwards', async () => {
    const origin = new SlowOrigin();
    const { ask, cache } = cacheBefore(origin.run, { maxArrivingBytes: 10 });
    const asked = [ask('/a'), ask('/b')];
    await settle();
    const bodies = [new WrittenBody(), new WrittenBody()];
    for (const body of bodies) origin.answer({ headers: cacheable, body });
    await settle();
    for (const body of bodies) body.write('12345678');
    for (const body of bodies) body.sink!.end();
    expect((await Promise.all(asked)).map((result) => result.text())).toEqual(['12345678', '12345678']);
    expect(cache.stats.entries).toBe(1);
    const again = ask('/b');
    await settle();
    origin.answer({ headers: cacheable, body: '12345678' });
    await again;
    expect(cache.stats.entries).toBe(2);
  });

  it('does not store an answer that was purged while it arrived', async () => {
    const origin = new SlowOrigin();
    const { ask, cache, requests } = cacheBefore(origin.run);
    const first = ask('/a');
    await settle();
    await cache.purge({ url: 'http://localhost/a' });
    const second = ask('/a');
    await settle();
    expect(requests.length).toBe(2);
    origin.answer({ headers: cacheable, body: 'old' });
    origin.answer({ headers: cacheable, body: 'new' });
    expect([(await first).text(), (await second).text(), (await ask('/a')).text()]).toEqual(['old', 'new', 'new']);
  });
});

describe('Cache.purge() while an answer arrives', () => {
  it.each([{ tag: 'news' }, { url: 'http://localhost/a' }, { prefix: 'http://localhost/' }])(
    'keeps it out of the store, by %j',
    async (selector) => {
      const origin = new SlowOrigin();
      const { ask, cache } = cacheBefore(origin.run);
      const asked = ask('/a');
      await settle();
      await cache.purge(selector);
      origin.answer({ headers: { ...cacheable, 'Surrogate-Key': 'news' }, body: 'old' });
      expect([(await asked).text(), cache.stats.entries]).toEqual(['old', 0]);
    },
  );
});

describe('a purge meanwhile', () => {
  it('also holds for what another cache with the same store is just fetching', async () => {
    const store = createMemoryStore();
    const origin = new SlowOrigin();
    const [one, other] = [cacheBefore(origin.run, { store }), cacheBefore(origin.run, { store })];
    const answer = one.ask('/a');
    await settle();
    await other.cache.purge({ url: 'http://localhost/a' });
    origin.answer({ headers: { 'Cache-Control': 'max-age=60' }, body: 'old' });
    expect((await answer).text()).toBe('old');
    expect(store.size).toBe(0);
    one.cache.close();
    const later = one.ask('/a');
    await settle();
    await other.cache.purge({ url: 'http://localhost/a' });
    origin.answer({ headers: { 'Cache-Control': 'max-age=60' }, body: 'new' });
    await later;
    expect(store.size).toBe(1); // it does not listen any more
  });

  it('is not undone by a 304 that came later', async () => {
    const origin = new SlowOrigin();
    const { ask, cache, clock, requests } = cacheBefore(origin.run);
    const headers = { 'Cache-Control': 'max-age=60', ETag: '"a"' };
    const first = ask('/a');
    await settle();
    origin.answer({ headers, body: 'old' });
    await first;
    clock.advance(61_000);
    const second = ask('/a');
    await settle();
    await cache.purge({ all: true }, { soft: true });
    origin.answer({ status: 304, headers });
    await second;
    const third = ask('/a');
    await settle();
    expect(requests).toHaveLength(3);
    origin.answer({ headers, body: 'new' });
    expect((await third).text()).toBe('new');
  });
});

describe('Cache.purge()', () => {
  const tagged = counting({ ...cacheable, 'Surrogate-Key': 'news sport', 'Cache-Tag': 'front, page', ETag: '"a"' });

  it.each([
    [{ url: 'http://localhost/a?b' }],
    [{ prefix: 'http://localhost/a' }],
    [{ tag: 'sport' }],
    [{ tag: 'page' }],
    [{ all: true as const }],
  ])('forgets by %j', async (selector) => {
    const { ask, cache } = cacheBefore(tagged);
    await ask('/a?b');
    expect([await cache.purge({ url: 'http://localhost/a' }), await cache.purge({ tag: 'other' })]).toEqual([0, 0]);
    expect(await cache.purge(selector)).toBe(1);
    expect((await ask('/a?b')).text()).toBe('answer 2');
  });

  it('only makes answers stale with soft', async () => {
    const { ask, cache, requests } = cacheBefore(({ request }) =>
      request.headers.has('if-none-match') ? { status: 304 } : tagged(undefined as never, 1),
    );
    await ask();
    expect(await cache.purge({ tag: 'news' }, { soft: true })).toBe(1);
    expect([(await ask()).text(), requests.length]).toEqual(['answer 1', 2]);
  });
});

import { type HttpContext, HttpError } from '@windhover/core';
import { checkedCompose, createManualClock, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { concurrencyLimit } from './concurrency-limit.ts';
import { createConcurrencyLimiter } from './create-concurrency-limiter.ts';
import type { ConcurrencyLimitOptions } from './limiter-options.ts';

/** A limited application that answers a request when the test says so. */
class Application {
  readonly clock = createManualClock();
  readonly seen: (number | 'full' | 'timeout')[] = [];
  readonly limiter;
  /** The paths of the requests that run, in the order in which they began. */
  readonly running: string[] = [];
  private readonly finish = new Map<string, (error?: Error) => void>();

  constructor(max: number, limits: ConcurrencyLimitOptions = {}) {
    const observer = {
      waiting: (count: number) => void this.seen.push(count),
      refused: (why: 'full' | 'timeout') => void this.seen.push(why),
    };
    this.limiter = createConcurrencyLimiter(max, { ...limits, observer, clock: this.clock });
  }

  ask(url: string, init: RunInit = {}) {
    const handle = async ({ request, response }: HttpContext): Promise<void> => {
      this.running.push(request.path);
      await new Promise<void>((resolve, reject) => {
        this.finish.set(request.path, (error) => (error === undefined ? resolve() : reject(error)));
      });
      response.body = `answer to ${request.path}`;
    };
    return runHandler(checkedCompose([this.limiter.middleware], handle), { ...init, url });
  }

  answer(url: string, error?: Error): void {
    this.finish.get(url)!(error);
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('concurrencyLimit()', () => {
  it('runs so many at a time, and the next ones in the order of arrival', async () => {
    const application = new Application(2);
    const answers = ['/a', '/b', '/c', '/d'].map((url) => application.ask(url));
    await settle();
    expect([application.running, application.limiter.waiting]).toEqual([['/a', '/b'], 2]);
    application.answer('/b');
    await settle();
    expect(application.running).toEqual(['/a', '/b', '/c']);
    application.answer('/a');
    await settle();
    expect(application.running).toEqual(['/a', '/b', '/c', '/d']);
    application.answer('/c');
    application.answer('/d');
    const results = await Promise.all(answers);
    expect(results.map((result) => result.text())).toEqual(['/a', '/b', '/c', '/d'].map((url) => `answer to ${url}`));
    expect([application.limiter.active, application.limiter.waiting, application.clock.pending]).toEqual([0, 0, 0]);
    expect(application.seen).toEqual([1, 2, 1, 0]);
  });

  it('refuses those who find the queue full, with the time after which to try again', async () => {
    const application = new Application(1, { queue: 1, retryAfterMs: 1500 });
    const first = application.ask('/a');
    const second = application.ask('/b');
    const third = await application.ask('/c');
    expect([third.status, third.headers.get('retry-after'), third.error]).toEqual([503, '2', null]);
    expect(application.seen).toEqual([1, 'full']);
    application.answer('/a');
    await first;
    await settle();
    application.answer('/b');
    expect((await second).status).toBe(200);
  });

  it('refuses those who have waited too long, and runs none of them', async () => {
    const application = new Application(1, { queue: 2, queueTimeoutMs: 5000 });
    const first = application.ask('/a');
    const second = application.ask('/b');
    await settle();
    application.clock.advance(4999);
    const third = application.ask('/c');
    await settle();
    application.clock.advance(1);
    expect((await second).status).toBe(503);
    expect([application.limiter.waiting, application.running]).toEqual([1, ['/a']]);
    application.answer('/a');
    await first;
    await settle();
    application.answer('/c');
    expect((await third).status).toBe(200);
    expect(application.seen).toEqual([1, 2, 1, 'timeout', 0]);
  });

  it('forgets a client that leaves the queue', async () => {
    const application = new Application(1, { queue: 2 });
    const first = application.ask('/a');
    const gone = new AbortController();
    const second = application.ask('/b', { signal: gone.signal });
    const third = application.ask('/c');
    gone.abort();
    expect((await second).outcome.end).toBe('client-closed');
    expect([application.limiter.waiting, application.clock.pending]).toEqual([1, 1]);
    application.answer('/a');
    await first;
    await settle();
    expect(application.running).toEqual(['/a', '/c']);
    application.answer('/c');
    await third;
    expect(application.limiter.active).toBe(0);
  });

  it('frees the place of a request whose client leaves, that fails, or that is refused', async () => {
    const application = new Application(1, { queue: 0 });
    const gone = new AbortController();
    const first = application.ask('/a', { signal: gone.signal });
    await settle();
    gone.abort();
    expect(application.limiter.active).toBe(0);
    application.answer('/a');
    await first;
    expect(application.limiter.active).toBe(0);
    const second = application.ask('/b');
    application.answer('/b', new Error('a bug'));
    expect((await second).status).toBe(500);
    const third = application.ask('/c');
    application.answer('/c', new HttpError(404, 'NO', 'no'));
    expect((await third).status).toBe(404);
    expect(application.limiter.active).toBe(0);
  });

  it('keeps a place until the response was sent, not only until the handler returned', async () => {
    const limiter = createConcurrencyLimiter(1);
    let push = (_text: string | null): void => undefined;
    const body = (async function* () {
      for (;;) {
        const text = await new Promise<string | null>((resolve) => {
          push = resolve;
        });
        if (text === null) return;
        yield text;
      }
    })();
    const answer = runHandler(checkedCompose([limiter.middleware], ({ response }) => void (response.body = body)));
    await settle();
    expect(limiter.active).toBe(1);
    push('some');
    await settle();
    expect(limiter.active).toBe(1);
    push(null);
    expect((await answer).text()).toBe('some');
    expect(limiter.active).toBe(0);
  });

  it('may be given other limits while requests run and wait', async () => {
    const application = new Application(1, { queue: 2 });
    const answers = ['/a', '/b', '/c'].map((url) => application.ask(url));
    await settle();
    application.limiter.configure(2);
    await settle();
    expect(application.running).toEqual(['/a', '/b']);
    application.limiter.configure(1, { queue: 0 });
    expect((await application.ask('/d')).status).toBe(503);
    application.answer('/a');
    await settle();
    expect(application.running).toEqual(['/a', '/b']); // still as many as are allowed now
    application.answer('/b');
    await settle();
    application.answer('/c');
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it.each([
    [0, {}, /max: expected a whole number, 1 or more/],
    [1.5, {}, /max/],
    [1, { queue: -1 }, /queue: /],
    [1, { queueTimeoutMs: 0 }, /queueTimeoutMs: /],
    [1, { queued: 1 }, /queued/],
  ])('refuses %s with %o', (max, options, message) => {
    expect(() => concurrencyLimit(max, options as never)).toThrow(message);
  });
});

describe('concurrencyLimit() by key', () => {
  const by = ({ request }: HttpContext): string | null => request.query;

  it('gives each key its own places and its own queue', async () => {
    const application = new Application(1, { by, queue: 1 });
    const answers = ['/a?x', '/b?x', '/c?y', '/d?x', '/e'].map((url) => application.ask(url));
    await settle();
    expect(application.running).toEqual(['/a', '/c', '/e']);
    expect((await answers[3]!).status).toBe(503);
    application.answer('/a');
    await settle();
    expect(application.running).toEqual(['/a', '/c', '/e', '/b']);
    for (const path of ['/b', '/c', '/e']) application.answer(path);
    await Promise.all(answers);
    expect([application.limiter.active, application.limiter.waiting, application.clock.pending]).toEqual([0, 0, 0]);
  });

  it('drops, answers with another status, or only counts', async () => {
    const refusedOf = async (limits: ConcurrencyLimitOptions): Promise<number> => {
      const application = new Application(1, { by, queue: 0, ...limits });
      void application.ask('/a?x');
      const second = application.ask('/b?x');
      await settle();
      if (limits.dryRun === true) application.answer('/b');
      return (await second).status;
    };
    expect(await refusedOf({ refuse: 'drop' })).toBe(444);
    expect(await refusedOf({ status: 403 })).toBe(403);
    expect(await refusedOf({ dryRun: true })).toBe(200);
  });
});

it('gives places to the newest first, and refuses the oldest when the queue is full', async () => {
  const application = new Application(1, { queue: 2, order: 'newest-first' });
  const answers = ['/a', '/b', '/c', '/d'].map((url) => application.ask(url));
  await settle();
  expect((await answers[1]!).status).toBe(503);
  application.answer('/a');
  await settle();
  application.answer('/d');
  await settle();
  expect(application.running).toEqual(['/a', '/d', '/c']);
  application.answer('/c');
  await Promise.all(answers);
});

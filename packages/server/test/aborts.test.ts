import { type HttpContext, HttpError } from '@windhover/core';
import { MemoryClient } from '@windhover/testing';
import { createMemoryPair } from '@windhover/transport';
import { describe, expect, it } from 'vitest';
import { createServer } from '../src/index.ts';
import { openBody } from './open-body.ts';
import { bench, gate, get, ok, path, post, turns } from './talk.ts';

const late = new HttpError(504, 'TEST_DEADLINE', 'Too late', { expose: true });
const tooLate =
  'HTTP/1.1 504 Gateway Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nDate: D\r\nContent-Length: 9\r\n\r\nToo late\n';

/** A handler that hands out its context and never settles. */
function stuck(): { readonly handler: (context: HttpContext) => Promise<void>; context(): HttpContext } {
  let seen: HttpContext | null = null;
  const handler = (context: HttpContext): Promise<void> => {
    seen = context;
    return new Promise<void>(() => undefined);
  };
  return { handler, context: () => seen! };
}

describe('context.abort() before the head', () => {
  it('answers for a handler that never settles, and the connection goes on', async () => {
    const { handler, context } = stuck();
    const { connect, outcomes } = bench((each) => (each.request.path === '/stuck' ? handler(each) : path(each)));
    const client = connect();
    expect(await client.say(get('/stuck') + get('/next'))).toBe('');
    context().abort(late);
    expect(await client.hear()).toBe(tooLate + ok('/next'));
    expect(outcomes).toMatchObject([
      { status: 504, end: 'complete', error: late },
      { status: 200, end: 'complete' },
    ]);
  });

  it('answers 500 for a reason without a status, and tells nothing of it', async () => {
    const { handler, context } = stuck();
    const { connect, outcomes } = bench(handler);
    const client = connect();
    await client.say(get());
    context().abort(new Error('secret'));
    expect(await client.hear()).toMatch(/^HTTP\/1\.1 500 (?:.*\r\n)*\r\nInternal Server Error\n$/);
    expect(outcomes).toMatchObject([{ status: 500, end: 'handler-failed', error: { message: 'secret' } }]);
  });

  it('lets go of what the handler answers later', async () => {
    const { opened, open } = gate();
    const body = openBody('late');
    const { connect, outcomes, logged } = bench(async (context) => {
      if (context.request.path !== '/') return path(context);
      context.onAbort(() => open());
      queueMicrotask(() => context.abort(new HttpError(408, 'TEST', 'Too late')));
      await opened;
      context.response.status = 200;
      context.response.body = body;
    });
    const client = connect();
    expect(await client.say(get())).toMatch(/^HTTP\/1\.1 408 /);
    expect(await client.say(get('/next'))).toBe(ok('/next'));
    expect(body.cancelled).toHaveLength(1);
    expect([outcomes.length, logged]).toEqual([2, []]);
  });

  it('answers while the request body is still read, whose reader fails', async () => {
    const failures: unknown[] = [];
    const { connect } = bench(async (context) => {
      queueMicrotask(() => context.abort(late));
      await context.request.body.bytes().catch((error) => failures.push(error));
    });
    const client = connect();
    expect(await client.say(post('Content-Length: 5\r\n', 'ab'))).toBe(tooLate);
    expect(failures).toMatchObject([{ code: 'SERVER_BODY_UNREAD' }]);
    expect(await client.say(`cde${get('/next')}`)).toBe(tooLate);
  });

  it('answers a request whose upgrade waits for the end of its body', async () => {
    let seen: HttpContext | null = null;
    const { connect } = bench((context) => {
      seen = context;
      context.response.upgrade = () => undefined;
    });
    const client = connect();
    const head = post('Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 5\r\n', 'ab');
    expect(await client.say(head)).toBe('');
    seen!.abort(late);
    expect(await client.hear()).toMatch(/^HTTP\/1\.1 504 (?:.*\r\n)*\r\nToo late\n$/);
  });
});

describe('context.abort() after the head', () => {
  it('cuts the message: no last chunk, and the connection is closed', async () => {
    let seen: HttpContext | null = null;
    const body = openBody('part');
    const { connect, outcomes } = bench((context) => {
      seen = context;
      context.response.body = body;
    });
    const client = connect();
    expect(await client.say(get())).toMatch(/\r\n4\r\npart\r\n$/);
    seen!.abort(late);
    expect(await client.hear()).toBe('');
    expect([client.isClosed, body.cancelled]).toEqual([true, [late]]);
    expect(outcomes).toMatchObject([{ status: 200, end: 'handler-failed', error: late, bytesSent: 4 }]);
  });

  it('closes a tunnel', async () => {
    let seen: HttpContext | null = null;
    const { connect, outcomes } = bench((context) => {
      seen = context;
      context.response.upgrade = (channel) =>
        channel.attach({ data: () => undefined, end: () => undefined, drain: () => undefined, close: () => undefined });
    });
    const client = connect();
    expect(await client.say(get('/', 'Connection: upgrade\r\nUpgrade: x\r\n'))).toMatch(/^HTTP\/1\.1 101 /);
    seen!.abort(late);
    await turns();
    expect(client.hasEnded).toBe(true);
    expect(outcomes).toMatchObject([{ status: 101, end: 'handler-failed', error: late }]);
  });

  it('does nothing when the answer is written', async () => {
    let seen: HttpContext | null = null;
    const { connect } = bench((context) => {
      seen = context;
      return path(context);
    });
    const client = connect();
    expect(await client.say(get())).toBe(ok('/'));
    seen!.abort(late);
    expect([seen!.signal.aborted, await client.say(get('/next'))]).toEqual([false, ok('/next')]);
  });
});

describe('context.onSent()', () => {
  it('calls a listener at once if it is added after the end, even if it is the first one', async () => {
    const told: unknown[] = [];
    let seen: HttpContext | null = null;
    const server = createServer((context) => {
      seen = context;
      return path(context);
    });
    const [near, far] = createMemoryPair();
    server.serve(far);
    const client = new MemoryClient(near);
    client.send(get());
    await client.take();
    seen!.onSent((outcome) => told.push(outcome));
    expect(told).toMatchObject([{ status: 200, end: 'complete', bytesSent: 1 }]);
    await server.close({ timeoutMs: 0 });
  });
});

describe('context.fork()', () => {
  it('answers several that wait for the same, and goes on when the first one leaves', async () => {
    const { opened, open } = gate();
    let shared: Promise<string> | null = null;
    let runs = 0;
    const { connect, outcomes } = bench(async (context) => {
      shared ??= context
        .fork(async (own) => {
          runs += 1;
          await opened;
          expect(own.signal.aborted).toBe(false);
          own.response.body = `run ${runs}`;
        })
        .then((own) => own.response.body as string);
      context.response.body = await shared;
    });
    const [first, second] = [connect(), connect()];
    await first.say(get());
    await second.say(get());
    first.channel.destroy();
    await turns();
    open();
    expect(await second.hear()).toBe(ok('run 1'));
    expect(outcomes.map(({ end }) => end)).toEqual(['client-closed', 'complete']);
  });

  it('sends an answer of a fork as one of its own, cut when that fails', async () => {
    const body = openBody('part');
    const { connect } = bench(async (context) => {
      const fork = await context.fork((own) => {
        own.response.body = body;
      });
      context.response.body = fork.response.takeBody();
    });
    const client = connect();
    expect(await client.say(get())).toMatch(/^HTTP\/1\.1 200 (?:.*\r\n)*\r\n4\r\npart\r\n$/);
    body.fail(new Error('broken'));
    expect([await client.hear(), client.isClosed]).toEqual(['', true]);
  });
});

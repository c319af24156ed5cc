import type { BodySink, HttpContext, PushBody } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { AdminEventListener, AdminTarget } from '../src/index.ts';
import { bearer, logIn, recordingTarget, send, start } from './fixtures.ts';

const line = { at: 1, level: 'info', message: 'hello', facts: {}, pool: null } as const;

/** A target whose events are told by the test. */
function telling() {
  const listeners = new Set<AdminEventListener>();
  const events: NonNullable<AdminTarget['events']> = {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const tell: AdminEventListener = (name, data) => {
    for (const listener of listeners) listener(name, data);
  };
  return { target: { ...recordingTarget(), events }, tell, listeners };
}

/** Follows the events; `takes` says whether the client reads. */
async function follow(handler: ReturnType<typeof start>['handler'], headers: Record<string, string>, takes = true) {
  const seen = { text: '', end: '' };
  const sink: BodySink = {
    write(chunk) {
      seen.text += new TextDecoder().decode(chunk);
      return takes;
    },
    end: () => void (seen.end = 'ended'),
    fail: () => void (seen.end = 'cut'),
  };
  let body: PushBody | string | null = null;
  await runHandler(
    async (context: HttpContext) => {
      await handler(context);
      body = context.response.takeBody() as PushBody | string;
      context.response.body = 'taken';
    },
    { url: '/api/v1/events', headers },
  );
  if (typeof body === 'string') throw new Error(body);
  const stream = body as unknown as PushBody;
  stream.start(sink);
  return { seen, cancel: () => stream.cancel(new Error('gone')) };
}

describe('the events', () => {
  it('reach everybody who follows them, and nobody is asked for without', async () => {
    const { target, tell, listeners } = telling();
    const { handler } = start(target);
    expect(listeners.size).toBe(0);
    const one = await follow(handler, bearer('look'));
    const two = await follow(handler, bearer('operate'));
    tell('log', line);
    for (const { seen } of [one, two])
      expect(seen.text).toBe(`retry: 2000\n\nevent: log\ndata: ${JSON.stringify(line)}\n\n`);
    one.cancel();
    two.cancel();
    expect(listeners.size).toBe(0);
  });

  it('of the audit log reach only those who may read it', async () => {
    const { handler } = start(telling().target);
    const look = await follow(handler, bearer('look'));
    const configure = await follow(handler, bearer('configure'));
    await send(handler, 'POST', '/pools/shop/stop', { headers: bearer('operate') });
    expect(configure.seen.text).toContain('event: audit\n');
    expect(look.seen.text).not.toContain('audit');
  });

  it('have a heartbeat', async () => {
    const { handler, clock } = start(telling().target);
    const { seen, cancel } = await follow(handler, bearer('look'));
    clock.advance(15_000);
    clock.advance(15_000);
    expect(seen.text.match(/: still here\n\n/g)).toHaveLength(2);
    cancel();
  });

  it('are cut for a client that does not read', async () => {
    const { target, tell } = telling();
    const { handler } = start(target);
    const slow = await follow(handler, bearer('look'), false);
    const quick = await follow(handler, bearer('look'));
    const long = { ...line, message: 'x'.repeat(10_000) };
    for (let count = 0; count < 30; count++) tell('log', long);
    expect([slow.seen.end, quick.seen.end]).toEqual(['cut', '']);
    expect(slow.seen.text.length).toBeLessThan(20_000);
  });

  it('end with their session: by a logout, by time, or with its user', async () => {
    const { handler } = start(telling().target);
    const headers = await logIn(handler);
    const first = await follow(handler, headers);
    await send(handler, 'DELETE', '/session', { headers });
    expect(first.seen.end).toBe('ended');
    let role: 'look' | null = 'look';
    const other = start(telling().target, { absoluteMs: 60_000, users: { verify: () => 'look', find: () => role } });
    const byTime = await follow(other.handler, await logIn(other.handler));
    for (let count = 0; count < 4; count++) {
      other.clock.advance(15_000);
      await Promise.resolve();
    }
    expect(byTime.seen.end).toBe('ended');
    const byUser = await follow(other.handler, await logIn(other.handler));
    role = null;
    other.clock.advance(15_000);
    await expect.poll(() => byUser.seen.end).toBe('ended');
  });

  it('of one user take only some of the places: the oldest one ends for a new one', async () => {
    const { handler } = start(telling().target);
    const other = await follow(handler, bearer('configure'));
    const own = [];
    for (let count = 0; count < 12; count++) own.push(await follow(handler, bearer('look')));
    expect(own.map(({ seen }) => seen.end)).toEqual(['ended', 'ended', ...Array(10).fill('')]);
    expect(other.seen.end).toBe('');
  });

  it('end when the server stops, and have a bounded number of clients', async () => {
    const names = Array.from({ length: 11 }, (_, index) => `token-of-number-${index}-long`);
    const tokens = names.map((token) => ({ name: token, role: 'look' as const, token }));
    const { handler } = start(telling().target, { tokens });
    const as = (index: number) => follow(handler, { Authorization: `Bearer ${names[index]}` });
    const streams = await Promise.all(Array.from({ length: 100 }, (_, index) => as(index % 10)));
    await expect(as(10)).rejects.toThrow('ADMIN_TOO_MANY_STREAMS');
    handler.close();
    expect(streams.every(({ seen }) => seen.end === 'ended')).toBe(true);
  });
});

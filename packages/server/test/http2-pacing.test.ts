import type { BodySink, PushBody } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { CodecClient } from './codec-client.ts';
import { bench, turns } from './talk.ts';

/** A body that says when it is started. */
function toldBody(length: number, started: string[], name: string): PushBody {
  return {
    length,
    start: (sink: BodySink) => {
      started.push(name);
      sink.write(new Uint8Array(length), true);
      sink.end();
    },
    pause: () => undefined,
    resume: () => undefined,
    cancel: () => undefined,
  };
}

const oneWindow = { connectionWindowBytes: 65_535, streamWindowBytes: 1_000_000 };

describe('answers that share the window of a connection', () => {
  it('are read when their turn comes, not to lie in memory', async () => {
    const started: string[] = [];
    const { server } = bench(({ request, response }) => {
      response.body = toldBody(100_000, started, request.path);
    });
    const client = new CodecClient(server, oneWindow);
    const first = client.get('/first', 'u=1');
    client.get('/last', 'u=7');
    client.get('/next', 'u=2');
    await turns();
    expect([started, client.received.get(1)]).toEqual([['/first'], 65_535]);
    first.credit(65_535);
    await turns();
    expect(started).toEqual(['/first', '/next']);
    expect(client.ended).toEqual([1]);
  });

  it('without a byte need no window', async () => {
    const { server } = bench(({ request, response }) => {
      response.body = request.path === '/empty' ? toldBody(0, [], '') : new Uint8Array(100_000);
    });
    const client = new CodecClient(server, oneWindow);
    client.get('/long', 'u=1');
    client.get('/empty', 'u=7');
    await turns();
    expect(client.ended).toEqual([3]);
  });

  it('may wait for one that is sent first for as long as it is taken fast enough, but no longer', async () => {
    const { server, clock, outcomes } = bench(({ response }) => void (response.body = new Uint8Array(1_000_000)), {
      limits: { responseGraceMs: 10_000, minResponseBytesPerSecond: 1000 },
    });
    const client = new CodecClient(server, oneWindow);
    const first = client.get('/first', 'u=1');
    client.get('/last', 'u=7');
    for (let second = 0; second < 60; second++) {
      first.credit(5000);
      clock.advance(1000);
      await turns(4);
    }
    expect([client.received.get(1)! > 300_000, client.received.get(3), outcomes]).toEqual([true, undefined, []]);
    for (let second = 0; second < 30; second++) {
      clock.advance(1000);
      await turns(4);
    }
    expect(client.isClosed).toBe(true);
    expect(outcomes.map(({ end }) => end)).toEqual(['deadline', 'deadline']);
  });

  it('are cut off one by one if their own windows stay closed', async () => {
    const { server, clock, outcomes } = bench(({ response }) => void (response.body = new Uint8Array(1_000_000)), {
      limits: { responseGraceMs: 10_000 },
    });
    const client = new CodecClient(server, { connectionWindowBytes: 1_000_000, streamWindowBytes: 65_535 });
    client.get('/', 'u=1');
    for (let second = 0; second < 24; second++) {
      clock.advance(1000);
      await turns(4);
    }
    expect([outcomes.map(({ end }) => end), client.resets, client.isClosed]).toEqual([['deadline'], [1], false]);
  });
});

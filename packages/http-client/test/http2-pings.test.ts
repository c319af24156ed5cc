import { createManualClock, type ManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { HttpClient, HttpClientOptions } from '../src/index.ts';
import { client, useHttp2Upstreams } from './http2-upstream.ts';
import {
  HEADERS,
  PING,
  type RawFrame,
  type RawPeer,
  type RawUpstream,
  SETTINGS,
  startRaw,
} from './raw-http2-upstream.ts';

useHttp2Upstreams();

const ENHANCE_YOUR_CALM = 11;
const isAck = ({ flags }: RawFrame): boolean => (flags & 1) === 1;

interface Scene {
  readonly clock: ManualClock;
  readonly from: HttpClient;
  readonly upstream: RawUpstream;
  /** Lets time pass in steps, so that what is sent in one is answered in the next. */
  pass(seconds: number): Promise<void>;
}

/** An upstream that greets, and does what `told` says with everything else. */
async function set(
  told: (frame: RawFrame, peer: RawPeer, number: number) => void,
  options: HttpClientOptions = {},
): Promise<Scene> {
  const upstream = await startRaw((frame, peer, number) => {
    if (frame.type === SETTINGS && !isAck(frame)) peer.greet();
    else told(frame, peer, number);
  });
  const clock = createManualClock({ now: 1_000_000 });
  const from = client({ clock, headTimeoutMs: null, idleTimeoutMs: 3_600_000, ...options });
  const pass = async (seconds: number): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 1) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, from, upstream, pass };
}

function get(path: string, method = 'GET'): { readonly method: string; readonly target: string } {
  return { method, target: path };
}

describe('a connection of HTTP/2 on which calls wait', () => {
  it('gets a PING after half a minute of silence, and then one every five and a half minutes', async () => {
    const { from, upstream, pass } = await set((frame, peer) => {
      if (frame.type === PING) peer.pong(frame);
    });
    const call = from.request(upstream.origin, get('/'));
    await expect.poll(() => upstream.peers[0]?.count(HEADERS)).toBe(1);
    const peer = upstream.peers[0]!;
    await pass(28);
    expect(peer.count(PING)).toBe(0);
    await pass(4);
    await expect.poll(() => peer.count(PING)).toBe(1);
    await pass(310);
    expect(peer.count(PING)).toBe(1);
    await pass(30);
    await expect.poll(() => peer.count(PING)).toBe(2);
    peer.answer(1);
    expect((await call.response).status).toBe(200);
    expect(upstream.peers).toHaveLength(1);
  });

  it('may have a PING sooner after an answer, or once for a new request', async () => {
    const { from, upstream, pass } = await set((frame, peer) => {
      if (frame.type === PING) peer.pong(frame);
    });
    void from.request(upstream.origin, get('/1')).response.catch(() => undefined);
    await expect.poll(() => upstream.peers[0]?.count(HEADERS)).toBe(1);
    const peer = upstream.peers[0]!;
    const pings: number[] = [];
    for (const next of ['/2', '/3', '/4']) {
      await pass(40);
      pings.push(peer.count(PING));
      void from.request(upstream.origin, get(next)).response.catch(() => undefined);
      await expect.poll(() => peer.count(HEADERS)).toBe(Number(next.slice(1)));
    }
    expect(pings).toEqual([1, 2, 2]);
    peer.answer(3);
    await pass(65);
    expect(peer.count(PING)).toBe(3);
  });

  it('that does not answer the PING ends: a GET is sent again, a POST fails', async () => {
    const { from, upstream, pass } = await set((frame, peer, number) => {
      if (number > 1 && frame.type === HEADERS) peer.answer(frame.id);
    });
    const calls = ['GET', 'POST'].map((method) => from.request(upstream.origin, get('/', method)));
    const failure = expect(calls[1]!.response).rejects.toMatchObject({
      code: 'CLIENT_CLOSED_EARLY',
      message: /not even the answer to a PING/,
    });
    await expect.poll(() => upstream.peers[0]?.count(HEADERS)).toBe(2);
    await pass(45);
    expect(upstream.peers).toHaveLength(1);
    await pass(10);
    await failure;
    expect((await calls[0]!.response).status).toBe(200);
    expect(upstream.peers).toHaveLength(2);
  });

  it('lives on when anything else comes in place of the answer', async () => {
    const { from, upstream, pass } = await set((frame, peer) => {
      if (frame.type === PING) peer.send(0xfa, 0, 0); // an unknown frame
    });
    const call = from.request(upstream.origin, get('/'));
    await expect.poll(() => upstream.peers[0]?.count(HEADERS)).toBe(1);
    await pass(120);
    upstream.peers[0]!.answer(1);
    expect((await call.response).status).toBe(200);
  });

  it('gets none with pingAfterMs: null', async () => {
    const { from, upstream, pass } = await set(() => undefined, { pingAfterMs: null });
    const call = from.request(upstream.origin, get('/'));
    await expect.poll(() => upstream.peers[0]?.count(HEADERS)).toBe(1);
    await pass(400);
    expect(upstream.peers[0]!.count(PING)).toBe(0);
    upstream.peers[0]!.answer(1);
    expect((await call.response).status).toBe(200);
  });

  it('gets them half as often after an upstream has complained', async () => {
    const { from, upstream, pass } = await set((frame, peer, number) => {
      if (frame.type !== PING) return;
      if (number > 1) peer.pong(frame);
      else {
        peer.goAway(1, ENHANCE_YOUR_CALM, 'too_many_pings');
        peer.socket.end();
      }
    });
    const call = from.request(upstream.origin, get('/'));
    await expect.poll(() => upstream.peers[0]?.count(HEADERS)).toBe(1);
    await pass(32);
    await expect.poll(() => upstream.peers[1]?.count(HEADERS)).toBe(1);
    const peer = upstream.peers[1]!;
    await pass(55);
    expect(peer.count(PING)).toBe(0);
    await pass(10);
    await expect.poll(() => peer.count(PING)).toBe(1);
    peer.answer(1);
    expect((await call.response).status).toBe(200);
  });
});

describe('a connection of HTTP/2 that was unused for long', () => {
  it('gets a PING together with the next request, and none while it is unused', async () => {
    const { from, upstream, pass } = await set((frame, peer) => {
      if (frame.type === HEADERS) peer.answer(frame.id);
    });
    expect((await from.request(upstream.origin, get('/1')).response).status).toBe(200);
    const peer = upstream.peers[0]!;
    await pass(120);
    expect(peer.count(PING)).toBe(0);
    expect((await from.request(upstream.origin, get('/2')).response).status).toBe(200);
    await expect.poll(() => peer.count(PING)).toBe(1);
    expect(upstream.peers).toHaveLength(1);
  });

  it('and was forgotten on the way ends after twenty seconds, and the request is sent on another one', async () => {
    let isForgotten = false;
    const { from, upstream, pass } = await set((frame, peer, number) => {
      if (frame.type === HEADERS && (number > 1 || !isForgotten)) peer.answer(frame.id);
    });
    expect((await from.request(upstream.origin, get('/1')).response).status).toBe(200);
    await pass(60);
    isForgotten = true;
    const call = from.request(upstream.origin, get('/2'));
    await expect.poll(() => upstream.peers[0]!.count(HEADERS)).toBe(2);
    await pass(23);
    expect((await call.response).status).toBe(200);
    expect(upstream.peers).toHaveLength(2);
  });
});

it('a socket that swallows everything is found out by its clock too', async () => {
  const upstream = await startRaw(({ type, flags, id }, peer, number) => {
    if (type === SETTINGS && (flags & 1) === 0) peer.greet();
    if (type !== HEADERS) return;
    if (number > 1) peer.answer(id);
    else peer.socket.pause(); // reads nothing any more: what comes stays in the kernel
  });
  const from = client({ headTimeoutMs: null, pingAfterMs: 300, pingTimeoutMs: 300 });
  expect((await from.request(upstream.origin, get('/')).response).status).toBe(200);
  expect(upstream.peers).toHaveLength(2);
});

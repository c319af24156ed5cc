import { RequestBody, toPushBody } from '@windhover/core';
import { http2Codes } from '@windhover/http2-codec';
import { describe, expect, it } from 'vitest';
import type { ClientError } from '../src/index.ts';
import { client, useHttp2Upstreams } from './http2-upstream.ts';
import { DATA, HEADERS, type RawUpstream, SETTINGS, startRaw } from './raw-http2-upstream.ts';

useHttp2Upstreams();

const END_STREAM = 1;
const { ENHANCE_YOUR_CALM } = http2Codes;

const bodies = {
  'no body': () => undefined,
  'a body that is there': () => 'hello',
  'a body that was kept': () => kept(100),
  'a body that is gone': () => kept(0),
};

function kept(maxBytes: number): RequestBody {
  const body = new RequestBody(toPushBody('hello'));
  if (maxBytes > 0) body.keep(maxBytes);
  return body;
}

/** Ends its first connections when a request is complete there, and answers on the later ones. */
function startLeaving(lastId: number, code: number, leaves = 1): Promise<RawUpstream> {
  return startRaw(({ type, flags, id }, peer, number) => {
    if (type === SETTINGS && (flags & 1) === 0) peer.greet();
    if ((type !== HEADERS && type !== DATA) || (flags & END_STREAM) === 0) return;
    if (number > leaves) {
      peer.answer(id);
      return;
    }
    peer.goAway(lastId, code, 'enough');
    peer.socket.end();
  });
}

const table = Object.entries(http2Codes)
  .filter(([name]) => name !== 'HTTP_1_1_REQUIRED') // means something else, and is tested with it
  .flatMap(([name, code]) => [
    [name, 'above', 'POST', 'no body', true, code] as const,
    [name, 'above', 'POST', 'a body that is there', true, code] as const,
    [name, 'above', 'POST', 'a body that was kept', true, code] as const,
    [name, 'above', 'POST', 'a body that is gone', false, code] as const,
    [name, 'not above', 'GET', 'no body', true, code] as const,
    [name, 'not above', 'PUT', 'a body that was kept', true, code] as const,
    [name, 'not above', 'PUT', 'a body that is gone', false, code] as const,
    [name, 'not above', 'POST', 'a body that is there', false, code] as const,
  ]);

describe('a connection that the upstream ends with GOAWAY (RFC 9113 §6.8)', () => {
  it.each(table)('%s: a call %s its last stream, %s with %s: sent again is %s', async (...row) => {
    const [name, place, method, body, isSentAgain, code] = row;
    const upstream = await startLeaving(place === 'above' ? 0 : 1, code);
    const call = client().request(upstream.origin, { method, target: '/', body: bodies[body]() });
    if (isSentAgain) {
      expect((await call.response).status).toBe(200);
      expect(upstream.peers).toHaveLength(2);
      return;
    }
    const isUnprocessed = place === 'above';
    await expect(call.response).rejects.toMatchObject({
      code: 'CLIENT_CLOSED_EARLY',
      isUnprocessed,
      message: expect.stringMatching(isUnprocessed ? /not processed/ : `went away with ${name} \\(enough\\)`),
    });
    expect(upstream.peers).toHaveLength(1);
  });

  it('again and again keeps a call that was not processed for three more connections', async () => {
    const upstream = await startLeaving(0, ENHANCE_YOUR_CALM, 100);
    const { response } = client().request(upstream.origin, { method: 'GET', target: '/' });
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY', isUnprocessed: true });
    expect(upstream.peers).toHaveLength(4);
  });

  it('again and again keeps a call that it may have processed for one more', async () => {
    const upstream = await startLeaving(1, ENHANCE_YOUR_CALM, 100);
    const { response } = client().request(upstream.origin, { method: 'GET', target: '/' });
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY', isUnprocessed: false });
    expect(upstream.peers).toHaveLength(2);
  });

  it('with ENHANCE_YOUR_CALM again and again is left in peace, although many calls wait', async () => {
    const upstream = await startLeaving(0, ENHANCE_YOUR_CALM, 1000);
    const from = client();
    const calls = Array.from({ length: 40 }, () => from.request(upstream.origin, { method: 'GET', target: '/' }));
    const failures = await Promise.all(calls.map(({ response }) => response.catch((error: unknown) => error)));
    expect(failures.filter((error) => !(error as ClientError).isUnprocessed)).toEqual([]);
    expect(String(failures)).toContain('it asks for calm again and again');
    expect(upstream.peers.length).toBeLessThan(20);
  });

  it('with ENHANCE_YOUR_CALM gets half as many calls at a time on its next connections', async () => {
    const open = new Map<number, number>();
    const upstream = await startRaw(({ type, flags, id }, peer, number) => {
      if (type === SETTINGS && (flags & 1) === 0) peer.greet();
      if (type !== HEADERS) return;
      open.set(number, (open.get(number) ?? 0) + 1);
      if (number === 1 && id === 15) peer.goAway(0, ENHANCE_YOUR_CALM);
      if ([...open.values()].reduce((sum, count) => sum + count) < 16) return;
      for (const each of upstream.peers.slice(1))
        for (const frame of each.frames.filter((frame) => frame.type === HEADERS)) each.answer(frame.id);
    });
    const from = client();
    const calls = Array.from({ length: 8 }, () => from.request(upstream.origin, { method: 'POST', target: '/' }));
    const answers = await Promise.all(calls.map(({ response }) => response));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect([...open.values()]).toEqual([8, 4, 4]);
  });
});

describe('an upstream that ends each connection without a word', () => {
  it('gets a GET once more, although others share its connections', async () => {
    const upstream = await startRaw(({ type, id }, peer) => {
      if (type === HEADERS && id === 3) peer.socket.resetAndDestroy();
    });
    const from = client();
    const calls = [1, 2].map(() => from.request(upstream.origin, { method: 'GET', target: '/' }));
    for (const { response } of calls) await expect(response).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY' });
    expect(upstream.peers).toHaveLength(2);
  });
});

import { describe, expect, it } from 'vitest';
import { client, useHttp2Upstreams } from './http2-upstream.ts';
import {
  DATA,
  GOAWAY,
  HEADERS,
  type RawFrame,
  type RawPeer,
  type RawUpstream,
  RST_STREAM,
  SETTINGS,
  startRaw,
} from './raw-http2-upstream.ts';
import { readBody } from './read-body.ts';

useHttp2Upstreams();

const CANCEL = 8;

/** An upstream that greets, and does what `told` says with requests. */
function start(told: (frame: RawFrame, peer: RawPeer) => void): Promise<RawUpstream> {
  return startRaw((frame, peer) => {
    if (frame.type === SETTINGS && (frame.flags & 1) === 0) peer.greet();
    else if (frame.type === HEADERS) told(frame, peer);
  });
}

/** The code with which the client has reset the stream. */
function resetCode({ peers }: RawUpstream): number | undefined {
  return peers[0]?.frames.find(({ type }) => type === RST_STREAM)?.payload.readUInt32BE(0);
}

describe('over HTTP/2', () => {
  it('headTimeoutMs ends a call without an answer, and its stream', async () => {
    const upstream = await start(() => undefined);
    const { response } = client({ headTimeoutMs: 1 }).request(upstream.origin, { method: 'GET', target: '/' });
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_HEAD_TIMEOUT' });
    await expect.poll(() => resetCode(upstream)).toBe(CANCEL);
  });

  it('headTimeoutMs ends a call whose body the upstream does not take', async () => {
    const upstream = await start(() => undefined); // never opens a window
    const body = Buffer.alloc(100_000);
    const { response } = client({ headTimeoutMs: 1 }).request(upstream.origin, { method: 'POST', target: '/', body });
    await expect(response).rejects.toMatchObject({ code: 'CLIENT_HEAD_TIMEOUT' });
    await expect.poll(() => resetCode(upstream)).toBe(CANCEL);
    expect(
      upstream.peers[0]!.frames.filter(({ type }) => type === DATA).reduce((sum, each) => sum + each.payload.length, 0),
    ).toBe(65_535);
  });

  it('bodyTimeoutMs ends a call in the middle of its answer, and its stream', async () => {
    const upstream = await start(({ id }, peer) => {
      peer.send(HEADERS, 4, id, Buffer.of(0x88));
      peer.send(DATA, 0, id, Buffer.from('half'));
    });
    const { response } = client({ bodyTimeoutMs: 1 }).request(upstream.origin, { method: 'GET', target: '/' });
    await expect(readBody((await response).body)).rejects.toMatchObject({ code: 'CLIENT_BODY_TIMEOUT' });
    await expect.poll(() => resetCode(upstream)).toBe(CANCEL);
  });

  it('idleTimeoutMs says goodbye to an unused connection', async () => {
    const upstream = await start(({ id }, peer) => peer.answer(id));
    const { response } = client({ idleTimeoutMs: 1 }).request(upstream.origin, { method: 'GET', target: '/' });
    expect((await response).status).toBe(200);
    await expect.poll(() => upstream.peers[0]!.count(GOAWAY)).toBe(1);
    await expect.poll(() => upstream.peers[0]!.socket.closed).toBe(true);
  });
});

import { createManualClock } from '@windhover/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../src/index.ts';
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts';

const upstreams: RawUpstream[] = [];
afterEach(async () => {
  for (const upstream of upstreams.splice(0)) await upstream.close();
});

async function start(...parameters: Parameters<typeof startRawUpstream>): Promise<RawUpstream> {
  const upstream = await startRawUpstream(...parameters);
  upstreams.push(upstream);
  return upstream;
}

const post = { method: 'POST', target: '/', host: 'a', body: 'hello', expectContinue: true };
const head = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

describe('a request that expects 100 (RFC 9110 §10.1.1)', () => {
  it('sends its body after the 100, and keeps the connection', async () => {
    const upstream = await start((socket) => {
      socket.once('data', () => socket.write(ok));
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    });
    const client = createHttpClient();
    for (let round = 0; round < 2; round++) {
      const { status } = await client.request(upstream.origin, post).response;
      expect(status).toBe(200);
    }
    expect(upstream.received).toEqual([`${head}hello${head}hello`]);
    client.close();
  });

  it.each([417, 200, 401])('never sends its body after a final %i, and closes the connection', async (status) => {
    const upstream = await start((socket) => {
      socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`);
    });
    const client = createHttpClient();
    for (let round = 0; round < 2; round++)
      expect((await client.request(upstream.origin, post).response).status).toBe(status);
    expect(upstream.received).toEqual([head, head]);
    expect(upstream.sockets).toHaveLength(2);
    client.close();
  });

  it('sends its body after a second, to an upstream that says nothing', async () => {
    const clock = createManualClock();
    const upstream = await start((socket) => void socket.once('data', () => socket.write(ok)));
    const client = createHttpClient({ clock });
    const call = client.request(upstream.origin, post);
    await upstream.until(() => upstream.received[0] === head);
    clock.advance(1250);
    expect((await call.response).status).toBe(200);
    expect(upstream.received).toEqual([`${head}hello`]);
    client.close();
  });

  it('does not expect it without a body', async () => {
    const upstream = await start((socket) => void socket.write(ok));
    const client = createHttpClient();
    await client.request(upstream.origin, { ...post, body: '' }).response;
    expect(upstream.received[0]).not.toContain('Expect');
    client.close();
  });
});

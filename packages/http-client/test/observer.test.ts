import { afterEach, describe, expect, it } from 'vitest';
import { type ClientError, createHttpClient, JudgedFields } from '../src/index.ts';
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts';
import { readBody } from './read-body.ts';

const upstreams: RawUpstream[] = [];
afterEach(async () => {
  for (const upstream of upstreams.splice(0)) await upstream.close();
});

async function start(...parameters: Parameters<typeof startRawUpstream>): Promise<RawUpstream> {
  const upstream = await startRawUpstream(...parameters);
  upstreams.push(upstream);
  return upstream;
}

describe('the observer of a call', () => {
  const get = { method: 'GET', target: '/' };

  it('hears once that a small answer is over, before anybody looks at it', async () => {
    const { origin } = await start((socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'));
    const client = createHttpClient();
    let over = 0;
    await client.request(origin, { ...get, observer: { callOver: () => over++ } }).response;
    expect(over).toBe(1);
    client.close();
    expect(over).toBe(1);
  });

  it('hears of a streamed answer only at its end', async () => {
    const upstream = await start((socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhi'));
    const client = createHttpClient();
    let over = 0;
    const { body } = await client.request(upstream.origin, { ...get, observer: { callOver: () => over++ } }).response;
    expect(over).toBe(0);
    upstream.sockets[0]!.write('ho');
    expect((await readBody(body)).toString()).toBe('hiho');
    expect(over).toBe(1);
    client.close();
  });

  it('hears once of a call that failed to connect', async () => {
    const upstream = await startRawUpstream(() => undefined);
    await upstream.close();
    const client = createHttpClient();
    let over = 0;
    const call = client.request(upstream.origin, { ...get, observer: { callOver: () => over++ } });
    await expect(call.response).rejects.toMatchObject({ code: 'CLIENT_CONNECT_FAILED' });
    expect(over).toBe(1);
  });

  it('hears how a call went before it hears that the call is over', async () => {
    const { origin } = await start((socket) => void socket.write('HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno'));
    const gone = await startRawUpstream(() => undefined);
    await gone.close();
    const client = createHttpClient();
    const told: unknown[] = [];
    const observer = {
      callAnswered: (status: number) => void told.push(status),
      callFailed: ({ code }: ClientError) => void told.push(code),
      callOver: () => void told.push('over'),
    };
    await client.request(origin, { ...get, observer }).response;
    await expect(client.request(gone.origin, { ...get, observer }).response).rejects.toThrow();
    expect(told).toEqual([503, 'over', 'CLIENT_CONNECT_FAILED', 'over']);
    client.close();
  });

  it('hears of a tunnel when its connection is closed', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n';
    const { origin } = await start((socket) => void socket.write(head));
    const client = createHttpClient();
    let over = 0;
    let told: () => void = () => undefined;
    const isOver = new Promise<void>((resolve) => {
      told = resolve;
    });
    const observer = {
      callOver: () => {
        over += 1;
        told();
      },
    };
    const { channel } = await client.request(origin, { ...get, upgrade: 'echo', observer }).response;
    expect(over).toBe(0);
    channel!.destroy();
    await isOver;
    expect(over).toBe(1);
  });
});

describe('a request', () => {
  it('has its own time to the head of its answer', async () => {
    const { origin } = await start(() => undefined);
    const client = createHttpClient();
    const call = client.request(origin, { method: 'GET', target: '/', headTimeoutMs: 1 });
    await expect(call.response).rejects.toMatchObject({ code: 'CLIENT_HEAD_TIMEOUT' });
  });

  it('writes judged fields as they are', async () => {
    const upstream = await start((socket) => void socket.write('HTTP/1.1 204 No Content\r\n\r\n'));
    const client = createHttpClient();
    const fields = new JudgedFields('X-A: 1\r\nX-B: 2\r\n');
    await client.request(upstream.origin, { method: 'GET', target: '/', host: 'a', fields }).response;
    expect(upstream.received[0]).toBe('GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\n\r\n');
    client.close();
  });
});

import { describe, expect, it } from 'vitest';
import type { ClientError } from '../src/index.ts';
import { collect, ok, text, useClientBench } from './client-bench.ts';

const bench = useClientBench();

describe('failures', () => {
  it('names the stage: connecting', async () => {
    await bench.start(() => undefined);
    const { port } = bench.upstream;
    await bench.upstream.close();
    const exchange = bench.client.request(`http://127.0.0.1:${port}`, { method: 'GET', target: '/' });
    await expect(exchange.response).rejects.toMatchObject({ code: 'CLIENT_CONNECT_FAILED', stage: 'connect' });
  });

  it.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'CLIENT_BAD_RESPONSE'],
    [
      'both framings',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n',
      'CLIENT_BAD_RESPONSE',
    ],
    ['an unfinished head', 'HTTP/1.1 200 OK\r\nX', 'CLIENT_CLOSED_EARLY'],
  ])('names the stage: %s instead of a head', async (_name, bytes, code) => {
    await bench.start((socket) => socket.end(bytes));
    await expect(bench.get()).rejects.toMatchObject({ code, stage: 'response-head' });
  });

  it.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\npart'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'],
  ])('fails a body with %s that is cut off: it never looks whole', async (_name, bytes) => {
    await bench.start((socket) => socket.end(bytes));
    const response = await bench.get();
    await expect(collect(response.body)).rejects.toMatchObject({ code: 'CLIENT_BODY_TRUNCATED' });
  });

  it('refuses a request that cannot be written, and the next one is unharmed', async () => {
    await bench.start((socket) => socket.write(ok));
    const bad = bench.request({ method: 'GET', target: '/a b\r\nX: y' });
    await expect(bad.response).rejects.toMatchObject({ code: 'CLIENT_REQUEST_INVALID' });
    expect(await text(await bench.get())).toBe('ok');
  });

  it('fails the requests under way when the client is closed', async () => {
    await bench.start(() => undefined);
    const waiting = bench.get();
    await bench.upstream.until(() => bench.upstream.received[0] !== undefined && bench.upstream.received[0] !== '');
    bench.client.close();
    await expect(waiting).rejects.toMatchObject({ stage: 'response-head' } satisfies Partial<ClientError>);
  });
});

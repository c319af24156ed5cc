import { describe, expect, it } from 'vitest';
import { ok, text, useClientBench } from './client-bench.ts';

const bench = useClientBench();

describe('connections', () => {
  it('uses a connection again when both sides are complete, and opens another one beside it', async () => {
    await bench.start((socket) => socket.write(ok));
    await text(await bench.get());
    await text(await bench.get());
    expect(bench.upstream.sockets).toHaveLength(1);
    await Promise.all([bench.get(), bench.get()].map(async (response) => text(await response)));
    expect(bench.upstream.sockets).toHaveLength(2);
  });

  it('keeps as many connections as a burst needed', async () => {
    await bench.start((socket) => socket.write(ok));
    const burst = async (): Promise<unknown> =>
      Promise.all(Array.from({ length: 64 }, async () => text(await bench.get())));
    await burst();
    await burst();
    expect(bench.upstream.sockets).toHaveLength(64);
  });

  it.each([
    ['it says Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['it is HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['bytes follow that nobody asked for', `${ok}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`],
  ])('does not use a connection again when %s', async (_name, answer) => {
    await bench.start((socket) => socket.write(answer));
    expect(await text(await bench.get())).toBe('ok');
    expect(await text(await bench.get())).toBe('ok');
    expect(bench.upstream.sockets).toHaveLength(2);
  });

  it('closes a kept connection on which bytes arrive unasked (response queue poisoning)', async () => {
    await bench.start((socket) => socket.write(ok));
    await text(await bench.get());
    bench.upstream.sockets[0]!.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
    await bench.upstream.until(() => bench.upstream.sockets[0]!.destroyed || bench.upstream.sockets[0]!.readableEnded);
    expect(await text(await bench.get())).toBe('ok');
  });

  it('begins with the preamble of the request, and is only used again by those that have the same one', async () => {
    await bench.start((socket) => socket.write(ok), { maxIdlePerOrigin: 2 });
    const ask = async (preamble?: string): Promise<string> =>
      text(await bench.request({ method: 'GET', target: '/', preamble }).response);
    for (const preamble of ['A\r\n', 'B\r\n', 'A\r\n', undefined]) expect(await ask(preamble)).toBe('ok');
    const beginnings = (): string[] => bench.upstream.received.map((each) => each.slice(0, each.indexOf('\r')));
    expect(beginnings()).toEqual(['A', 'B', 'GET / HTTP/1.1']);
    expect(bench.upstream.received[0]!.match(/GET \//g)).toHaveLength(2);
    await ask('C\r\n'); // the pool is full: the oldest of the others goes
    await bench.closed(1);
    await ask('C\r\n');
    expect(beginnings()).toEqual(['A', 'B', 'GET / HTTP/1.1', 'C']);
  });
});

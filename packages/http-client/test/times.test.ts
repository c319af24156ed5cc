import type { BodySink, PushBody } from '@windhover/core';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { collect, ok, text, useClientBench } from './client-bench.ts';

const bench = useClientBench();

describe('times', () => {
  it('gives up after the time for the head, and after silence inside a body', async () => {
    const clock = createManualClock();
    await bench.start(
      (socket, count) => {
        if (count === 1 && bench.upstream.sockets.length === 1)
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\npart');
      },
      { clock, headTimeoutMs: 1000, bodyTimeoutMs: 1000 },
    );
    const response = await bench.get();
    const body = collect(response.body);
    const silent = bench.get();
    await bench.upstream.until(() => bench.upstream.received[1]?.includes('\r\n\r\n') === true);
    clock.advance(900);
    clock.advance(700);
    await expect(silent).rejects.toMatchObject({ code: 'CLIENT_HEAD_TIMEOUT' });
    await expect(body).rejects.toMatchObject({ code: 'CLIENT_BODY_TIMEOUT' });
  });

  it('closes connections that nobody used for idleTimeoutMs', async () => {
    const clock = createManualClock();
    await bench.start((socket) => socket.write(ok), { clock, idleTimeoutMs: 1000 });
    await text(await bench.get());
    clock.advance(1600);
    await bench.upstream.until(() => bench.upstream.sockets[0]!.readableEnded || bench.upstream.sockets[0]!.destroyed);
  });

  it('does not count the time for an unused connection under the next request', async () => {
    const clock = createManualClock();
    await bench.start((socket, count) => void (count === 1 && socket.write(ok)), { clock, idleTimeoutMs: 1000 });
    await text(await bench.get());
    let sink!: BodySink;
    const body: PushBody = {
      length: 6,
      start: (given) => {
        sink = given;
        sink.write(Buffer.from('abc'));
      },
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => undefined,
    };
    const { response } = bench.request({ method: 'POST', target: '/slow', body });
    await bench.upstream.until(() => bench.upstream.received[0]!.endsWith('abc'));
    for (let second = 0; second < 100; second++) clock.advance(1000);
    sink.write(Buffer.from('def'));
    sink.end();
    await bench.upstream.until(() => bench.upstream.received[0]!.endsWith('abcdef'));
    bench.upstream.sockets[0]!.write(ok);
    expect(await text(await response)).toBe('ok');
  });

  it('gives an upstream that says it is at work the time for the head anew', async () => {
    const clock = createManualClock();
    await bench.start(() => undefined, { clock, headTimeoutMs: 1000 });
    const heard: number[] = [];
    const onInform = (status: number): void => void heard.push(status);
    const { response } = bench.request({ method: 'GET', target: '/', onInform });
    await bench.upstream.until(() => bench.upstream.received[0]?.endsWith('\r\n\r\n') === true);
    clock.advance(900);
    bench.upstream.sockets[0]!.write('HTTP/1.1 102 Processing\r\n\r\n');
    while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(900);
    bench.upstream.sockets[0]!.write(ok);
    expect(await text(await response)).toBe('ok');
  });
});

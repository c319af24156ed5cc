import { type BodySink, type PushBody, RequestBody, toPushBody } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { ok, text, useClientBench } from './client-bench.ts';

const bench = useClientBench();

describe('requests that are sent again', () => {
  it('sends a request again on a fresh connection when a kept one turns out to be closed', async () => {
    await bench.start((socket, count) => {
      if (bench.upstream.sockets.length === 1 && count === 2) socket.destroy();
      else socket.write(ok);
    });
    await text(await bench.get());
    expect(await text(await bench.get())).toBe('ok');
    expect(bench.upstream.sockets).toHaveLength(2);
  });

  it('sends a request with a body again when the body was kept', async () => {
    await bench.start((socket, count) => {
      if (bench.upstream.sockets.length === 1 && count === 2) socket.destroy();
      else socket.write(ok);
    });
    await text(await bench.get());
    const body = new RequestBody(toPushBody('again'));
    body.keep(100);
    const response = await bench.request({ method: 'PUT', target: '/', body }).response;
    expect(await text(response)).toBe('ok');
    await bench.upstream.until(() => bench.upstream.received[1]?.endsWith('again') === true);
  });

  it('sends a kept body again when the connection closes in the middle of it', async () => {
    await bench.start((socket, count) => {
      if (bench.upstream.sockets.length === 1 && count === 2) socket.destroy();
      else if (count === 1 && bench.upstream.sockets.length === 1) socket.write(ok);
    });
    await text(await bench.get());
    let sink!: BodySink;
    const source: PushBody = {
      length: 10,
      start: (given) => {
        sink = given;
        sink.write(Buffer.from('12345'));
      },
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => undefined,
    };
    const body = new RequestBody(source);
    body.keep(100);
    const { response } = bench.request({ method: 'PUT', target: '/', body });
    await bench.upstream.until(() => bench.upstream.received[1]?.endsWith('12345') === true);
    sink.write(Buffer.from('67890'));
    sink.end();
    await bench.upstream.until(() => bench.upstream.received[1]!.endsWith('\r\n\r\n1234567890'));
    bench.upstream.sockets[1]!.write(ok);
    expect(await text(await response)).toBe('ok');
  });

  it.each(['POST', 'PATCH', 'LOCK', 'UNHEARD-OF'])(
    'never sends %s twice: it may have had its effect',
    async (method) => {
      await bench.start((socket, count) => {
        if (count === 2) socket.destroy();
        else socket.write(ok);
      });
      await text(await bench.get());
      const exchange = bench.request({ method, target: '/' });
      await expect(exchange.response).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY' });
    },
  );

  it('never sends a request twice when a byte of the answer had come', async () => {
    await bench.start((socket, count) => {
      if (count === 1) socket.write(ok);
      else socket.end('HTTP/1.1 2');
    });
    await text(await bench.get());
    await expect(bench.get()).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY', stage: 'response-head' });
    expect(bench.upstream.sockets).toHaveLength(1);
  });
});

import { HttpHeaders, type PushBody } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { ok, text, useClientBench } from './client-bench.ts';

const bench = useClientBench();

describe('createHttpClient()', () => {
  it('sends a request as it is written and reads the answer', async () => {
    await bench.start((socket) => socket.write('HTTP/1.1 203 Fine\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello'));
    const fields = new HttpHeaders({ Accept: '*/*', 'X-Two': ['a', 'b'] }).fields;
    const response = await bench.request({ method: 'GET', target: '/a?b', fields }).response;
    expect(response.status).toBe(203);
    expect(response.statusText).toBe('Fine');
    expect(response.headers.get('x-one')).toBe('1');
    expect(await text(response)).toBe('hello');
    const host = `127.0.0.1:${bench.upstream.port}`;
    expect(bench.upstream.received[0]).toBe(
      `GET /a?b HTTP/1.1\r\nHost: ${host}\r\nAccept: */*\r\nX-Two: a\r\nX-Two: b\r\n\r\n`,
    );
  });

  it('passes 1xx answers on and reads the final one', async () => {
    const interim =
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 104 New\r\n\r\n';
    await bench.start((socket) => socket.write(interim + ok));
    const heard: string[] = [];
    const onInform = (status: number, headers: HttpHeaders) => heard.push(`${status} ${headers.get('link')}`);
    const response = await bench.request({ method: 'GET', target: '/', onInform }).response;
    expect(await text(response)).toBe('ok');
    expect(heard).toEqual(['102 undefined', '103 </a>', '104 undefined']);
  });

  it('gives the connection away after 101, with the bytes that came behind the head', async () => {
    await bench.start((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nfirst');
    });
    const request = { method: 'GET', target: '/', upgrade: 'echo' };
    const { channel, status } = await bench.request(request).response;
    expect(status).toBe(101);
    const heard = await new Promise<string>((resolve) => {
      const nothing = (): void => undefined;
      const data = (chunk: Uint8Array): void => resolve(Buffer.from(chunk).toString());
      channel!.attach({ data, end: nothing, drain: nothing, close: nothing });
    });
    expect(heard).toBe('first');
    channel!.write('second');
    await bench.upstream.until(() => bench.upstream.received[0]!.endsWith('second'));
    channel!.destroy();
  });

  it('closes the connection when it is given up, before and after the head', async () => {
    await bench.start((socket, _count, head) => {
      if (head.startsWith('GET /body')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\npart');
    });
    const waiting = bench.request({ method: 'GET', target: '/' });
    await bench.upstream.until(() => bench.upstream.received[0] !== undefined && bench.upstream.received[0] !== '');
    waiting.abort(new Error('enough'));
    await expect(waiting.response).rejects.toMatchObject({ code: 'CLIENT_ABORTED' });
    await bench.upstream.until(() => bench.upstream.sockets[0]!.readableEnded || bench.upstream.sockets[0]!.destroyed);
    const response = await bench.get('/body');
    (response.body as PushBody).cancel(new Error('enough'));
    await bench.upstream.until(() => bench.upstream.sockets[1]!.readableEnded || bench.upstream.sockets[1]!.destroyed);
  });
});

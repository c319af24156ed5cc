import { type PushBody, toPushBody } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { collect, ok, text, useClientBench } from './client-bench.ts';

const bench = useClientBench();

describe('bodies', () => {
  it('reads a body to the close of the connection, chunked bodies with trailers, and none for HEAD, 204 and 304', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\r\nuntil the end',
    ];
    let asked = 0;
    await bench.start((socket) => {
      socket.write(answers[asked++]!);
      if (asked === 5) socket.end();
    });
    const chunked = await collect((await bench.get()).body);
    expect(chunked).toEqual({ text: 'abc', trailers: { 'x-sum': '1' } });
    const head = await bench.request({ method: 'HEAD', target: '/' }).response;
    expect([await text(head), head.declaredLength]).toEqual(['', 5]);
    expect(await text(await bench.get())).toBe('');
    const unchanged = await bench.get();
    expect([await text(unchanged), unchanged.declaredLength]).toEqual(['', 7]);
    expect(await text(await bench.get())).toBe('until the end');
    expect(bench.upstream.sockets).toHaveLength(3); // one after each answer that announces content without sending it
  });

  it('holds a body back until somebody starts it, and pauses the connection with it', async () => {
    const body = 'x'.repeat(8 * 1024 * 1024);
    await bench.start((socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
    const response = await bench.get();
    const push = response.body as PushBody;
    let received = 0;
    await new Promise<void>((resolve, reject) => {
      push.start({
        write: (chunk) => {
          received += chunk.byteLength;
          setImmediate(() => push.resume());
          return false;
        },
        end: () => resolve(),
        fail: reject,
      });
    });
    expect(received).toBe(body.length);
  });

  it('passes a body of tiny chunks on by the read, not by the chunk', async () => {
    const count = 20_000;
    await bench.start((socket) => {
      const chunks = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(count)}3;a=b\r\nend\r\n0\r\n\r\n`;
      socket.write(chunks);
    });
    let writes = 0;
    let received = '';
    await new Promise<void>((resolve, reject) => {
      const write = (chunk: Uint8Array): boolean => {
        writes += 1;
        received += Buffer.from(chunk).toString('latin1');
        return true;
      };
      bench.get().then(({ body }) => toPushBody(body).start({ write, end: () => resolve(), fail: reject }), reject);
    });
    expect(received).toBe(`${'x'.repeat(count)}end`);
    expect(writes).toBeLessThan(count / 100);
  });

  it('streams a request body: with its length when that is known, chunked when it is not', async () => {
    await bench.start(() => undefined);
    const known = bench.request({ method: 'POST', target: '/', body: 'ab' });
    await bench.upstream.until(() => bench.upstream.received[0]?.endsWith('\r\n\r\nab') === true);
    expect(bench.upstream.received[0]).toContain('Content-Length: 2\r\n');
    bench.upstream.sockets[0]!.write(ok);
    await text(await known.response);
    async function* parts(): AsyncGenerator<string> {
      yield 'one';
      yield 'three';
    }
    const unknown = bench.request({ method: 'DELETE', target: '/', body: parts() });
    await bench.upstream.until(() => bench.upstream.received[0]!.endsWith('0\r\n\r\n'));
    // A body on DELETE keeps its framing: losing it is how CVE-2026-29057 smuggled requests.
    expect(bench.upstream.received[0]).toMatch(
      /Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n$/,
    );
    bench.upstream.sockets[0]!.write(ok);
    await text(await unknown.response);
  });

  it('leaves out the trailers of a request that are barred', async () => {
    await bench.start(() => undefined);
    const body: PushBody = {
      length: null,
      start: (sink) => {
        sink.write(Buffer.from('a'));
        sink.end({ 'X-Sum': '1', 'X-Hop': '2', 'X-Last': '3' });
      },
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => undefined,
    };
    const isTrailerBarred = (name: string): boolean => name === 'x-hop';
    const { response } = bench.request({ method: 'POST', target: '/', body, isTrailerBarred });
    await bench.upstream.until(
      () => bench.upstream.received[0]?.endsWith('1\r\na\r\n0\r\nX-Sum: 1\r\nX-Last: 3\r\n\r\n') === true,
    );
    bench.upstream.sockets[0]!.write(ok);
    await response;
  });

  it('closes the connection when the answer came before the request was complete (early response desync)', async () => {
    await bench.start((socket) => socket.write(ok));
    let cancelled: Error | null = null;
    const body: PushBody = {
      length: 10,
      start: (sink) => void sink.write(Buffer.from('123')),
      pause: () => undefined,
      resume: () => undefined,
      cancel: (reason) => {
        cancelled = reason;
      },
    };
    const response = await bench.request({ method: 'POST', target: '/', body }).response;
    expect(await text(response)).toBe('ok');
    expect(cancelled).toBeInstanceOf(Error);
    expect(await text(await bench.get())).toBe('ok');
    expect(bench.upstream.sockets).toHaveLength(2);
  });
});

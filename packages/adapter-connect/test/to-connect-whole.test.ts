import type { ServerResponse } from 'node:http';
import type { Outcome } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { contextOf, toConnect } from '../src/index.ts';
import { deferred, get, hear, connectTo as open } from './talk.ts';
import { listen, quiet, tag } from './to-connect-hosts.ts';

/** Every byte there is, repeated up to a length. */
function bytesOf(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => index % 256));
}

describe('toConnect() with an answer that is there at once', () => {
  // 4096 and less join their head.
  it.each([1, 256, 4095, 4096, 4097, 70_000])('sends %d bytes as they are', async (length) => {
    const middleware = toConnect(tag, { listener: (_request, response) => response.end(bytesOf(length)) });
    const answer = await fetch(`http://127.0.0.1:${await listen(middleware)}/`);
    expect(answer.headers.get('content-length')).toBe(String(length));
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytesOf(length));
  });

  it('sends them in chunks where the application says so', async () => {
    const middleware = toConnect(tag, {
      listener: (_request, response) => response.setHeader('Transfer-Encoding', 'chunked').end(bytesOf(256)),
    });
    const answer = await fetch(`http://127.0.0.1:${await listen(middleware)}/`);
    expect(answer.headers.get('transfer-encoding')).toBe('chunked');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytesOf(256));
  });

  it('gives bytes to who has hooked end()', async () => {
    const given: unknown[] = [];
    const middleware = toConnect(tag, { listener: (_request, response) => response.end(bytesOf(3)) });
    const port = await listen((request, response) => {
      const { end } = response;
      response.end = ((chunk: unknown) => {
        given.push(chunk);
        return end.call(response, chunk, 'utf8');
      }) as ServerResponse['end'];
      middleware(request, response);
    });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect(given).toEqual([bytesOf(3)]);
  });
});

describe('toConnect() and the end of an answer', () => {
  it('is told to those who ask when the client has left', async () => {
    const told: string[] = [];
    const outcomes: Outcome[] = [];
    const { promise: hasLeft, resolve: left } = deferred();
    const middleware = toConnect(
      async (context, next) => {
        await hasLeft;
        context.onAbort((reason) => void told.push((reason as Error & { code: string }).code));
        told.push(String(context.signal.aborted));
        context.onSent((outcome) => void outcomes.push(outcome));
        await next(context);
      },
      { log: quiet },
    );
    const port = await listen((request, response) => {
      response.on('close', left);
      middleware(request, response);
    });
    const socket = await open(port);
    socket.write(get());
    await expect.poll(() => socket.bytesWritten).toBeGreaterThan(0);
    socket.destroy();
    await expect.poll(() => outcomes.length).toBe(1);
    expect(told).toEqual(['CONNECT_CLIENT_LEFT', 'true']);
    expect(outcomes).toMatchObject([{ status: 0, end: 'client-closed' }]);
  });

  it('is told to those who asked before', async () => {
    const outcomes: Outcome[] = [];
    const port = await listen(
      toConnect(
        (context) => {
          context.onSent((outcome) => void outcomes.push(outcome));
          context.response.body = 'hello';
        },
        { log: quiet },
      ),
    );
    const socket = await open(port);
    socket.write(get());
    expect(await hear(socket, 'hello')).toContain('200 OK');
    await expect.poll(() => outcomes.length).toBe(1);
    const [{ startedAt, headAt, endedAt } = {} as Outcome] = outcomes;
    expect(outcomes).toMatchObject([{ status: 200, end: 'complete', bytesSent: 5 }]);
    expect([startedAt, headAt, endedAt]).toEqual([startedAt, headAt, endedAt].toSorted((a, b) => a - b));
    expect(Math.abs(startedAt - Date.now())).toBeLessThan(60_000);
  });

  it('is told to those who ask when it has left', async () => {
    const outcomes: Outcome[] = [];
    const port = await listen((request, response) => {
      toConnect(tag, { listener: () => response.end('hello') })(request, response);
      response.on('close', () =>
        setImmediate(() => contextOf(request)!.onSent((outcome) => void outcomes.push(outcome))),
      );
    });
    await fetch(`http://127.0.0.1:${port}/`);
    await expect.poll(() => outcomes).toMatchObject([{ status: 200, end: 'complete', bytesSent: 5 }]);
  });
});

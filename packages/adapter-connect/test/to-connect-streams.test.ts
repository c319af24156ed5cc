import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpContext, Middleware } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { toConnect } from '../src/index.ts';
import { get, hear, connectTo as open } from './talk.ts';
import { expressWith, type Listener, listen, quiet, tag, upperCase } from './to-connect-hosts.ts';

describe.each<[string, Middleware<HttpContext>]>([
  ['a header', tag],
  ['the body', upperCase],
])('toConnect() with a middleware that changes %s', (_name, middleware) => {
  it('sends events as they happen, and tells of the client that leaves', async () => {
    const told: string[] = [];
    let writeMore: () => void = () => undefined;
    const app = expressWith([
      (context, next) => {
        context.onAbort((reason) => void told.push((reason as Error & { code: string }).code));
        return middleware(context, next);
      },
    ]);
    app.get('/', (request, response) => {
      response.set('Content-Type', 'text/event-stream').flushHeaders();
      request.on('data', () => undefined);
      response.on('close', () => told.push('close'));
      writeMore = () => response.write('data: 2\n\n');
      setImmediate(() => response.write('data: 1\n\n'));
    });
    const socket = await open(await listen(app as unknown as Listener));
    socket.write(get());
    const first = await hear(socket, ': 1\n\n');
    expect(first).toContain('HTTP/1.1 200 OK');
    writeMore();
    expect(await hear(socket, ': 2\n\n')).toMatch(/data: 2/i);
    socket.destroy();
    await expect.poll(() => told.length).toBe(2);
    expect(told.toSorted()).toEqual(['CONNECT_CLIENT_LEFT', 'close']);
  });

  it('sends a head that was flushed before anything was written', async () => {
    const app = expressWith([middleware]);
    app.get('/', (_request, response) => void response.set('X-Flushed', '1').flushHeaders());
    const socket = await open(await listen(app as unknown as Listener));
    socket.write(get());
    expect(await hear(socket, '\r\n\r\n')).toContain('X-Flushed: 1');
  });

  it('cuts an answer whose application gives up', async () => {
    const app = expressWith([middleware]);
    app.get('/', (_request, response) => {
      response.write('begun');
      setImmediate(() => response.destroy());
    });
    const socket = await open(await listen(app as unknown as Listener));
    socket.write(get());
    let heard = '';
    for await (const chunk of socket) heard += chunk as string;
    expect(heard).toMatch(/begun/i);
    expect(heard).not.toContain('\r\n0\r\n');
  });

  it('writes no faster than the client reads', async () => {
    let written = 0;
    let isStopped = false;
    const total = 64 * 1024 * 1024;
    const app = expressWith([middleware]);
    app.get('/', async (_request, response) => {
      async function* source(): AsyncGenerator<Buffer> {
        const chunk = Buffer.alloc(64 * 1024, 'x');
        for (; written < total; written += chunk.length) yield chunk;
      }
      const through = new PassThrough();
      through.on('pause', () => {
        isStopped = true;
      });
      await pipeline(source, through, response);
    });
    const socket = await open(await listen(app as unknown as Listener));
    socket.pause();
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    await expect.poll(() => isStopped).toBe(true);
    // As long as it takes until nothing is written any more.
    let before = -1;
    const isStill = (): boolean => {
      const still = before === written;
      before = written;
      return still;
    };
    await expect.poll(isStill, { interval: 100 }).toBe(true);
    expect(written).toBeLessThan(total / 2);
    let received = 0;
    for await (const part of socket) received += (part as string).length;
    expect(received).toBeGreaterThan(total);
  });

  it('keeps the connection, and the order of pipelined requests', async () => {
    const app = expressWith([middleware]);
    app.get('/:name', (request, response) => void setImmediate(() => response.send(request.params.name)));
    const socket = await open(await listen(app as unknown as Listener));
    socket.write(get('/one') + get('/two') + get('/three'));
    const heard = await hear(socket, middleware === tag ? 'three' : '5\r\nTHREE\r\n0\r\n\r\n');
    expect(heard.match(/one|two|three/gi)!.map((name) => name.toLowerCase())).toEqual(['one', 'two', 'three']);
    socket.write(get('/four'));
    expect(await hear(socket, middleware === tag ? 'four' : 'FOUR')).toContain('200 OK');
  });
});

describe('toConnect()', () => {
  it('cuts an answer whose transform fails', async () => {
    const failing: Middleware<HttpContext> = async (context, next) => {
      await next(context);
      const inner = context.response.takeBody();
      context.response.body = (async function* () {
        for await (const chunk of inner as unknown as string[]) yield chunk.slice(0, 1);
        throw new Error('broken');
      })();
    };
    const app = expressWith([failing]);
    app.get('/', (_request, response) => void response.send('complete'));
    const socket = await open(await listen(app as unknown as Listener));
    socket.write(get());
    let heard = '';
    for await (const chunk of socket) heard += chunk as string;
    expect(heard).toContain('200 OK');
    expect(heard).not.toContain('\r\n0\r\n');
  });

  it('cuts a body that is not as long as announced', async () => {
    const port = await listen(
      toConnect(
        ({ response }) => {
          response.body = (async function* () {
            yield 'short';
          })();
          response.declaredLength = 10;
        },
        { log: quiet },
      ),
    );
    const socket = await open(port);
    socket.write(get());
    let heard = '';
    for await (const chunk of socket) heard += chunk as string;
    expect(heard).toMatch(/Content-Length: 10\r\n(?:.*\r\n)*short$/);
  });

  it('leaves no middleware waiting when the client has left', async () => {
    const seen: unknown[] = [];
    const app = expressWith([
      async (context, next) => {
        try {
          await next(context);
        } catch (error) {
          seen.push((error as Error & { code: string }).code);
          throw error;
        }
      },
    ]);
    let reached = 0;
    app.get('/', () => {
      reached += 1;
    });
    const socket = await open(await listen(app as unknown as Listener));
    socket.write(get());
    await expect.poll(() => reached).toBe(1);
    socket.destroy();
    await expect.poll(() => seen).toEqual(['CONNECT_CLIENT_LEFT']);
  });
});

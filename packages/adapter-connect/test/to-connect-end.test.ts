import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpContext, Middleware, Outcome } from '@windhover/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contextOf, type ToConnectOptions, toConnect } from '../src/index.ts';
import { ask } from './hosts.ts';
import { deferred, get, hear, connectTo as open } from './talk.ts';
import { type Listener, listen, quiet, tag } from './to-connect-hosts.ts';

/** Passes on, and notes how each request ends. */
function noteEnds(): { noted: string[]; note: Middleware<HttpContext> } {
  const noted: string[] = [];
  const note: Middleware<HttpContext> = (context, next) => {
    const { path } = context.request;
    context.onAbort(() => void noted.push(`${path} aborted`));
    context.onSent(({ end, status }) => void noted.push(`${path} ${end} ${status}`));
    return next(context);
  };
  return { noted, note };
}

/** A log that keeps the errors it is given. */
function errorLog(): { errors: unknown[]; log: NonNullable<ToConnectOptions['log']> } {
  const errors: unknown[] = [];
  return { errors, log: { ...quiet, error: (_message, facts) => void errors.push(facts?.error) } };
}

/** Sends requests and leaves when the last has arrived; gives back what the server had. */
async function askAndLeave(listener: Listener, requests: string, count = 1): Promise<IncomingMessage[]> {
  const seen: IncomingMessage[] = [];
  const port = await listen((request, response) => {
    seen.push(request);
    return listener(request, response);
  });
  const socket = await open(port);
  socket.pause().write(requests);
  await expect.poll(() => seen.length).toBe(count);
  const isClosed = new Promise((resolve) => seen[0]!.socket.on('close', resolve));
  socket.destroy();
  await isClosed;
  return seen;
}

describe('toConnect() and clients that leave', () => {
  it('aborts while a complete answer is held back', async () => {
    const { noted, note } = noteEnds();
    const { promise: isGoingOn, resolve: goOn } = deferred();
    const listener = toConnect(
      async (context, next) => {
        await note(context, next);
        await isGoingOn;
        noted.push(`signal ${context.signal.aborted}`);
      },
      { log: quiet, listener: (_request, response) => response.end('hello') },
    );
    await askAndLeave(listener, get());
    goOn();
    await expect.poll(() => noted).toEqual(['/ aborted', '/ client-closed 0', 'signal true']);
  });

  it('takes no answer for complete that the client has not read', async () => {
    const { noted, note } = noteEnds();
    const listener = toConnect(note, {
      log: quiet,
      listener: (_request, response) => response.end(Buffer.alloc(50_000_000)),
    });
    await askAndLeave(listener, get());
    expect(noted).toEqual(['/ aborted', '/ client-closed 200']);
  });

  it('tells those who ask later that an answer which came too late is none', async () => {
    const outcomes: Outcome[] = [];
    const listener = toConnect((_context, next) => void next(_context), { log: quiet, listener: () => undefined });
    const [request] = await askAndLeave((given, response) => {
      response.on('close', () => response.end('too late'));
      listener(given, response);
    }, get());
    const context = contextOf(request!)!;
    context.onSent((outcome) => void outcomes.push(outcome));
    expect(context.signal.aborted).toBe(true);
    expect(outcomes).toMatchObject([{ end: 'client-closed', status: 0 }]);
  });

  it('tells before the close listeners of the application run', async () => {
    const seen: boolean[] = [];
    const middleware = toConnect(tag, {
      log: quiet,
      listener: (request, response) => void response.on('close', () => seen.push(contextOf(request)!.signal.aborted)),
    });
    await askAndLeave(middleware, get());
    expect(seen).toEqual([true]);
  });

  it('tells every request that waits behind another', async () => {
    const { noted, note } = noteEnds();
    const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
    const warnings: unknown[] = [];
    const warn = (warning: unknown): void => void warnings.push(warning);
    process.on('warning', warn);
    onTestFinished(() => void process.off('warning', warn));
    const listener = toConnect(note, {
      log: quiet,
      listener: (request, response) => (request.url === '/3' ? response.end('waits') : undefined),
    });
    await askAndLeave(listener, paths.map((path) => get(path)).join(''), paths.length);
    await expect.poll(() => noted.length).toBe(40);
    const expected = paths.flatMap((path) => [`${path} aborted`, `${path} client-closed ${path === '/3' ? 200 : 0}`]);
    expect(noted.toSorted()).toEqual(expected.toSorted());
    expect(warnings).toEqual([]);
  });

  it.each(['while it waits', 'after that', 'when that is known'])(
    'lets go of a body behind another answer that was set %s',
    async (when) => {
      const cancelled: string[] = [];
      const { promise: hasLeft, resolve: goOn } = deferred();
      const listener = toConnect(
        async (context, next) => {
          const { request, response } = context;
          if (request.path === '/first') return next(context);
          if (when !== 'while it waits') await hasLeft;
          if (when === 'when that is known') expect(context.signal.aborted).toBe(true);
          response.body = {
            length: null,
            start: (sink) => void sink.write(Buffer.from('begun')),
            pause: () => undefined,
            resume: () => undefined,
            cancel: (reason) => void cancelled.push((reason as Error).message),
          };
        },
        { log: quiet, listener: () => undefined },
      );
      await askAndLeave(listener, get('/first') + get('/second'), 2);
      goOn();
      await expect.poll(() => cancelled.length).toBe(1);
    },
  );

  it.each<[string, Middleware<HttpContext>]>([
    ['is done', (context, next) => void next(context)],
    [
      'goes on',
      async (context, next) => {
        void next(context);
        await new Promise((resolve) => context.onSent(resolve));
      },
    ],
  ])('rejects nothing that nobody waits for, if the middleware %s', async (_name, middleware) => {
    const rejected: unknown[] = [];
    const note = (error: unknown): void => void rejected.push(error);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    await askAndLeave(toConnect(middleware, { log: quiet, listener: () => undefined }), get());
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(rejected).toEqual([]);
  });

  it('disposes of the answer of an outer middleware around one that has dropped its next', async () => {
    const cancelled: unknown[] = [];
    const inner = toConnect((context, next) => void next(context), { log: quiet, listener: () => undefined });
    const outer = toConnect(
      async (context, next) => {
        await Promise.resolve(next(context)).catch(() => undefined);
        context.response.body = {
          length: null,
          start: () => undefined,
          pause: () => undefined,
          resume: () => undefined,
          cancel: (reason) => void cancelled.push(reason),
        };
      },
      { log: quiet, listener: (request, response) => inner(request, response) },
    );
    await askAndLeave(outer, get());
    await expect.poll(() => cancelled.length).toBe(1);
  });
});

describe('toConnect() and listeners that fail', () => {
  it.each<[string, Middleware<HttpContext>]>([
    [
      'waits',
      async (context, next) => {
        try {
          await next(context);
        } catch (error) {
          context.response.body = `instead of ${(error as Error).message}`;
        }
      },
    ],
    [
      'does not wait',
      (context, next) => {
        try {
          void next(context);
        } catch (error) {
          context.response.body = `instead of ${(error as Error).message}`;
        }
      },
    ],
  ])('lets a middleware that %s answer for one that throws at once', async (_name, middleware) => {
    const listener = (): void => {
      throw new Error('boom');
    };
    const port = await listen(toConnect(middleware, { log: quiet, listener }));
    const socket = await open(port);
    socket.write(get());
    expect(await hear(socket, 'boom')).toMatch(/200 OK[\s\S]*instead of boom/);
  });

  it('logs what it throws when it has destroyed its response', async () => {
    const { errors, log } = errorLog();
    const { noted, note } = noteEnds();
    const port = await listen(
      toConnect(note, {
        log,
        listener: (_request, response) => {
          response.destroy();
          throw new Error('boom');
        },
      }),
    );
    const socket = await open(port);
    socket.write(get());
    await once(socket.resume(), 'close');
    expect(errors).toMatchObject([{ message: 'boom' }]);
    await expect.poll(() => noted).toEqual(['/ aborted', '/ handler-failed 0']);
  });

  it('tells of one that failed after its head', async () => {
    const { noted, note } = noteEnds();
    const port = await listen(
      toConnect(note, {
        log: quiet,
        listener: async (_request, response) => {
          response.write('begun');
          throw new Error('boom');
        },
      }),
    );
    const socket = await open(port);
    socket.write(get());
    await once(socket.resume(), 'close');
    await expect.poll(() => noted.at(-1)).toMatch(/handler-failed/);
  });
});

describe('toConnect() and answers that cannot be sent', () => {
  it.each([99, 1000, Number.NaN])('answers 500 for the status %d', async (status) => {
    const { errors, log } = errorLog();
    const outcomes: Outcome[] = [];
    const middleware: Middleware<HttpContext> = async (context, next) => {
      context.onSent((outcome) => void outcomes.push(outcome));
      await next(context);
      context.response.status = status;
    };
    const port = await listen(
      toConnect(middleware, { log, listener: (_request, response) => response.setHeader('X-A', 'b').end('secret') }),
    );
    const answer = await ask(port, { path: '/' });
    expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error\n' });
    expect(answer.headers).not.toHaveProperty('x-a');
    expect(errors).toMatchObject([{ code: 'ERR_HTTP_INVALID_STATUS_CODE' }]);
    await expect.poll(() => outcomes).toMatchObject([{ status: 500, end: 'handler-failed' }]);
  });

  it.each([
    ['once', 1],
    ['each time', Number.POSITIVE_INFINITY],
  ])('does not fall over a hook that throws %s', async (_name, times) => {
    const { errors, log } = errorLog();
    const { noted, note } = noteEnds();
    const middleware = toConnect(async (context, next) => void (await note(context, next)), {
      log,
      listener: (_request, response) => response.end('hello'),
    });
    let thrown = 0;
    const port = await listen((request, response) => {
      const { writeHead } = response;
      response.writeHead = ((status: number) => {
        if (thrown++ < times) throw new Error('hook');
        return writeHead.call(response, status);
      }) as ServerResponse['writeHead'];
      middleware(request, response);
    });
    const socket = await open(port);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    let heard = '';
    for await (const chunk of socket) heard += chunk as string;
    expect(heard).toMatch(times === 1 ? /^HTTP\/1.1 500 / : /^$/);
    expect(errors).toHaveLength(Math.min(times, 2));
    expect(thrown).toBe(2);
    await expect.poll(() => noted.at(-1)).toBe(`/ handler-failed ${times === 1 ? 500 : 0}`);
  });

  it('announces no trailers with a body that a middleware has put in the place of one with trailers', async () => {
    const middleware: Middleware<HttpContext> = async (context, next) => {
      await next(context);
      context.response.body = 'instead';
    };
    const port = await listen(
      toConnect(middleware, {
        listener: (_request, response) => {
          response.setHeader('Trailer', 'X-Sum');
          response.write('begun');
          response.addTrailers({ 'X-Sum': '7' });
          response.end();
        },
      }),
    );
    const answer = await ask(port, { path: '/' });
    expect(answer).toMatchObject({ status: 200, body: 'instead', headers: { 'content-length': '7' } });
    expect(answer.headers).not.toHaveProperty('trailer');
  });

  it('announces no length with a 204 that a middleware makes of another answer', async () => {
    const port = await listen(
      toConnect(
        async (context, next) => {
          await tag(context, next);
          context.response.status = 204;
        },
        { listener: (_request, response) => response.setHeader('Content-Length', 5).end('hello') },
      ),
    );
    const answer = await ask(port, { path: '/' });
    expect(answer.status).toBe(204);
    expect(answer.headers).not.toHaveProperty('content-length');
  });
});

it('closes the connection without an answer for a middleware that drops it', async () => {
  const { noted, note } = noteEnds();
  const drop: Middleware<HttpContext> = ({ response }) => response.drop();
  const first = toConnect(note);
  const second = toConnect(drop);
  const port = await listen((request, response) => first(request, response, () => second(request, response)));
  const socket = await open(port);
  const heard = hear(socket, 'nothing');
  socket.write(get('/'));
  expect(await heard).toBe('');
  expect(noted).toEqual(['/ aborted', '/ complete 444']);
});

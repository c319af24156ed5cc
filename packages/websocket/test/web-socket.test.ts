import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import {
  attachWebSocket,
  connectWebSocket,
  createRooms,
  type WebSocketConnection,
  type WebSocketData,
  webSocket,
} from '../src/index.ts';
import { closeOf, connectWs, hosts, messages, serve } from './talk.ts';

const echo = (socket: WebSocketConnection): void => {
  socket.onmessage = ({ data }) => void socket.send(data);
};

describe.each(hosts)('webSocket() on %s', (host) => {
  it('answers messages of a ws client: texts, bytes, long ones, in order', async () => {
    const { url } = await serve(host, echo);
    const client = await connectWs(url);
    const sent = [
      'Hello',
      'Grüße 🪁',
      '',
      Buffer.from([0, 255]),
      'a'.repeat(126),
      'ü'.repeat(70_000),
      Buffer.alloc(300_000, 7),
    ];
    const received = messages(client, sent.length);
    for (const message of sent) client.send(message);
    expect(shorten(await received)).toEqual(shorten(sent));
  });

  it('can be read with for await, no faster than the loop runs, and ends with the connection', async () => {
    const taken: WebSocketData[] = [];
    let ended: () => void = () => undefined;
    const end = new Promise<void>((resolve) => (ended = resolve));
    const { url } = await serve(host, async (socket) => {
      for await (const message of socket) {
        taken.push(message);
        await new Promise((resolve) => setImmediate(resolve));
      }
      ended();
    });
    const client = await connectWs(url);
    for (let index = 0; index < 500; index++) client.send(String(index).padEnd(1000));
    client.close();
    await end;
    expect(taken.length).toBe(500);
    expect(taken.map(Number)).toEqual(taken.map((_, index) => index));
  });

  it('closes the connection when a loop is left', async () => {
    const { url } = await serve(host, async (socket) => {
      for await (const message of socket) if (message === 'enough') break;
    });
    const client = await connectWs(url);
    client.send('enough');
    expect(await closeOf(client)).toEqual([1000, '']);
  });

  it('keeps messages for a listener that is added later', async () => {
    const taken: unknown[] = [];
    let ready: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (ready = resolve));
    const { url } = await serve(host, async (socket) => {
      await new Promise((resolve) => setTimeout(resolve, 20)); // somebody looks the user up
      socket.addEventListener('message', ({ data }) => {
        taken.push(data);
        if (taken.length === 3) ready();
      });
    });
    const client = await connectWs(url);
    for (const text of ['a', 'b', 'c']) client.send(text);
    await all;
    expect(taken).toEqual(['a', 'b', 'c']);
  });

  it('agrees on the subprotocol that it prefers', async () => {
    const { url } = await serve(host, echo, { protocols: ['v2', 'v1'] });
    expect((await connectWs(url, ['v1', 'v2'])).protocol).toBe('v2');
    expect((await connectWs(url)).protocol).toBe('');
  });

  it.each([true, { keepContext: true, thresholdBytes: 1 }])('compresses with a ws client (%j)', async (deflate) => {
    const { url } = await serve(host, echo, { deflate });
    const client = await connectWs(url, [], { perMessageDeflate: { threshold: 1 } });
    expect(client.extensions).toContain('permessage-deflate');
    const sent = ['a'.repeat(5000), 'a'.repeat(5000), Buffer.alloc(100_000, 1), 'short', 'ü'.repeat(20_000)];
    const received = messages(client, sent.length);
    for (const message of sent) client.send(message);
    expect(shorten(await received)).toEqual(shorten(sent));
  });

  it('refuses what becomes too large when it is decompressed (a bomb)', async () => {
    const { url } = await serve(host, echo, { deflate: true, maxMessageBytes: 10_000 });
    const client = await connectWs(url, [], { perMessageDeflate: { threshold: 1 } });
    client.send(Buffer.alloc(1_000_000));
    expect((await closeOf(client))[0]).toBe(1009);
    const next = await connectWs(url, [], { perMessageDeflate: { threshold: 1 } });
    const received = messages(next, 1);
    next.send('a'.repeat(2000));
    expect(await received).toEqual(['a'.repeat(2000)]); // the shared codec is sound again
  });

  it('completes a close of either side, with code and reason', async () => {
    const ends: unknown[] = [];
    const { url } = await serve(host, (socket) => {
      socket.onclose = ({ code, reason, wasClean }) => void ends.push([code, reason, wasClean]);
      socket.onmessage = () => socket.close(4001, 'because');
    });
    const client = await connectWs(url);
    client.send('x');
    expect(await closeOf(client)).toEqual([4001, 'because']);
    const other = await connectWs(url);
    other.close(4002, 'mine');
    await closeOf(other);
    await expect
      .poll(() => ends)
      .toEqual([
        [4001, 'because', true],
        [4002, 'mine', true],
      ]);
  });

  it('reports a client that vanishes as 1006', async () => {
    let closed: Promise<{ code: number; wasClean: boolean }> | undefined;
    const { url } = await serve(host, (socket) => {
      closed = socket.closed();
    });
    (await connectWs(url)).terminate();
    expect(await closed).toMatchObject({ code: 1006, wasClean: false });
  });

  it('closes with 1011 when its listener fails, and goes on', async () => {
    const lines: string[] = [];
    const log = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (text: string) => void lines.push(text),
    };
    const { url } = await serve(host, () => Promise.reject(new Error('a bug')), { log });
    expect((await closeOf(await connectWs(url)))[0]).toBe(1011);
    expect((await closeOf(await connectWs(url)))[0]).toBe(1011);
    expect(lines).toHaveLength(2);
  });

  it('says once in the log why a page cannot connect, since browsers do not show it', async () => {
    const told: unknown[] = [];
    const log = {
      debug() {},
      info() {},
      warn: (text: string, facts: unknown) => void told.push(text, facts),
      error() {},
    };
    const { url } = await serve(host, echo, { log } as never);
    for (const origin of ['https://a.example', 'https://b.example'])
      await expect(connectWs(url, [], { origin })).rejects.toThrow('403');
    expect(told).toEqual([expect.stringContaining('name it in `origins`'), { origin: 'https://a.example' }]);
  });

  it('says goodbye with 1001 when it is closed, and refuses new connections', async () => {
    const { url, handler } = await serve(host, echo);
    const client = await connectWs(url);
    const end = closeOf(client);
    await handler.close();
    expect(await end).toEqual([1001, '']);
    await expect(connectWs(url)).rejects.toThrow('503');
    expect(handler.sockets.size).toBe(0);
  });

  it.each([
    ['https://evil.example', false],
    ['null', false],
    ['http://127.0.0.1.evil.example', false],
    ['http://127.0.0.1', false],
    ['same', true],
  ])('lets pages of its own origin in only (cross-site WebSocket hijacking): %s', async (origin, isAllowed) => {
    const { url, port } = await serve(host, echo);
    const pending = connectWs(url, [], { origin: origin === 'same' ? `http://127.0.0.1:${port}` : origin });
    if (isAllowed) await pending;
    else await expect(pending).rejects.toThrow('403');
  });

  it('closes a connection that pings too much (a flood)', async () => {
    const { url } = await serve(host, echo, { maxPingsPerSecond: 5 });
    const client = await connectWs(url);
    for (let index = 0; index < 20; index++) client.ping();
    expect((await closeOf(client))[0]).toBe(1008);
  });

  it('closes a slow reader instead of keeping what it does not read', async () => {
    let end: Promise<{ code: number; reason: string }> | undefined;
    const { url } = await serve(
      host,
      (socket) => {
        end = socket.closed();
        const more = (): void => {
          for (let index = 0; index < 50; index++) socket.send(Buffer.alloc(100_000));
          if (socket.readyState === 1) setImmediate(more);
        };
        more();
      },
      { maxBufferedBytes: 1_000_000 },
    );
    const client = await connectWs(url);
    client.pause();
    await expect.poll(() => end).toBeDefined();
    expect(await end).toMatchObject({ code: 1008, reason: expect.stringContaining('reads too slowly') });
  });

  it('says when to wait, and when what was sent has left', async () => {
    const steps: string[] = [];
    const { url } = await serve(host, async (socket) => {
      let isTaken = true;
      let sent = 0;
      while (isTaken) {
        isTaken = socket.send(Buffer.alloc(100_000));
        sent += 1;
      }
      steps.push('wait');
      await socket.drained();
      steps.push('drained');
      socket.send(String(sent));
    });
    const client = await connectWs(url, [], { maxPayload: 1e9 });
    const count = await new Promise<string>((resolve) => {
      client.on('message', (data: Buffer, isBinary) => !isBinary && resolve(data.toString()));
    });
    expect(Number(count)).toBeGreaterThan(0);
    expect(steps).toEqual(['wait', 'drained']);
  });

  it('need not wait for what a channel has taken, also inside of a listener', async () => {
    const { url } = await serve(host, (socket) => {
      socket.onmessage = async () => {
        socket.send('first');
        await socket.drained();
        socket.send('second');
      };
    });
    const client = await connectWs(url);
    const received = messages(client, 2);
    client.send('x');
    expect(await received).toEqual(['first', 'second']);
  });

  it('answers 500 when an option that is a function throws, and goes on', async () => {
    const quiet = (): void => undefined;
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const origins = (origin: string): boolean => new URL(origin).hostname === 'a.example';
    const { url } = await serve(host, echo, { origins, log });
    await expect(connectWs(url, [], { origin: 'null' })).rejects.toThrow('500');
    await connectWs(url, [], { origin: 'https://a.example' });
  });

  it('reads no further than it can keep, whatever a chunk unpacks to (many bombs)', async () => {
    let socket: WebSocketConnection | undefined;
    const { url } = await serve(host, (one) => void (socket = one), { deflate: true });
    const client = await connectWs(url, [], { perMessageDeflate: { threshold: 1 } });
    for (let index = 0; index < 60; index++) client.send(Buffer.alloc(1_000_000));
    await expect.poll(() => socket !== undefined && client.bufferedAmount === 0).toBe(true); // they are on their way, packed
    await new Promise((resolve) => setImmediate(resolve));
    let taken = 0;
    for await (const message of socket!) {
      taken += (message as Buffer).length;
      if (taken === 60_000_000) break;
    }
    expect(taken).toBe(60_000_000);
  });

  it('notices a client that is gone while its messages wait here', async () => {
    const clock = createManualClock();
    let socket: WebSocketConnection | undefined;
    const { url } = await serve(host, (one) => void (socket = one), { clock, heartbeatMs: 1000 });
    const client = await connectWs(url);
    client.send(Buffer.alloc(100_000));
    await expect.poll(() => socket !== undefined).toBe(true);
    client.terminate();
    const state = (): number => {
      clock.advance(1000);
      return socket!.readyState;
    };
    await expect.poll(state).toBe(3);
  });

  it('pings a silent client, and gives up one that does not answer', async () => {
    const clock = createManualClock();
    let socket: WebSocketConnection | undefined;
    const { url } = await serve(host, (one) => void (socket = one), { clock, heartbeatMs: 10_000 });
    const client = await connectWs(url, [], { autoPong: false });
    let pings = 0;
    client.on('ping', () => {
      pings += 1;
      if (pings === 1) client.pong();
    });
    await expect.poll(() => socket !== undefined).toBe(true);
    clock.advance(10_000);
    await expect.poll(() => pings).toBe(1);
    clock.advance(10_000); // less than 20 s of silence, since the pong was heard
    await expect.poll(() => pings).toBe(2);
    clock.advance(10_000);
    expect(await socket!.closed()).toMatchObject({
      code: 1001,
      reason: expect.stringContaining('did not answer a ping'),
    });
  });

  it.each([
    [{ idleMs: 5000 }, 'No message'],
    [{ maxAgeMs: 5000 }, 'maximum age'],
  ])('closes by %j', async (limits, reason) => {
    const clock = createManualClock();
    const { url, handler } = await serve(host, () => undefined, { clock, ...limits });
    const end = closeOf(await connectWs(url));
    await expect.poll(() => handler.sockets.size).toBe(1);
    clock.advance(5000);
    expect(await end).toEqual([1001, expect.stringContaining(reason)]);
  });

  it('cuts a client that does not complete the close in time', async () => {
    const clock = createManualClock();
    let socket: WebSocketConnection | undefined;
    const { url } = await serve(host, (one) => void (socket = one), { clock, closeTimeoutMs: 3000 });
    const client = await connectWs(url);
    client.pause();
    await expect.poll(() => socket).toBeDefined();
    socket!.close(1000);
    clock.advance(3000);
    expect(await socket!.closed()).toMatchObject({ code: 1006, wasClean: false });
  });

  it('keeps rooms: a broadcast reaches members only, without the sender, compressed or not', async () => {
    const rooms = createRooms();
    const { url } = await serve(
      host,
      (socket, request) => {
        const room = request.query ?? '';
        rooms.join(room, socket);
        socket.onmessage = ({ data }) => rooms.broadcast(room, data as string, { except: socket });
      },
      { deflate: { thresholdBytes: 1 } },
    );
    const sender = await connectWs(`${url}?a`);
    const compressed = await connectWs(`${url}?a`, [], { perMessageDeflate: true });
    const plain = await connectWs(`${url}?a`, [], { perMessageDeflate: false });
    const ours = await connectWebSocket(`${url}?a`, { deflate: { keepContext: true } });
    const elsewhere = await connectWs(`${url}?b`);
    const heard: string[] = [];
    for (const other of [sender, elsewhere]) other.on('message', () => heard.push('wrong'));
    const all = Promise.all([messages(compressed, 1), messages(plain, 1), ours[Symbol.asyncIterator]().next()]);
    sender.send('hello, all');
    expect(await all).toEqual([['hello, all'], ['hello, all'], { done: false, value: 'hello, all' }]);
    expect(heard).toEqual([]);
    compressed.terminate();
    plain.terminate();
    ours.terminate();
    await expect.poll(() => rooms.of('a').size).toBe(1);
  });

  it('is reached by connectWebSocket(), compressed and not', async () => {
    const { url } = await serve(host, echo, { deflate: true, protocols: ['chat'] });
    for (const deflate of [false, true, { keepContext: true, thresholdBytes: 1 }]) {
      const client = await connectWebSocket(url, { deflate, protocols: ['chat'] });
      expect(client.protocol).toBe('chat');
      const replies = client[Symbol.asyncIterator]();
      for (const message of ['Hello', 'ü'.repeat(5000), Buffer.alloc(70_000, 3)]) {
        client.send(message);
        const { value } = await replies.next();
        expect(shorten([value as string])).toEqual(shorten([message]));
      }
      client.close(1000, 'done');
      expect(await client.closed()).toMatchObject({ code: 1000, wasClean: true });
    }
  });
});

/** Comparing long buffers element by element takes seconds. */
function shorten(list: readonly (string | Buffer)[]): string[] {
  return list.map((message) => {
    const digest = createHash('sha256').update(message).digest('hex');
    return `${typeof message} of ${message.length}: ${digest}`;
  });
}

describe('options', () => {
  const listener = (): void => undefined;
  const attach = (options: object | null) => () => attachWebSocket(createServer(), listener, options as never);
  const make = (options: object | null) => () => webSocket(listener, options as never);

  it.each([
    ['a path for webSocket()', make({ path: '/live' }), 'webSocket(): path is an option of attachWebSocket()'],
    ['one origin', make({ origins: 'https://a.example' }), "origins: expected a list: write ['https://a.example']"],
    ['null for webSocket()', make(null), 'webSocket(): the options: expected an object'],
    ['null for attachWebSocket()', attach(null), 'attachWebSocket(): expected an object with options third'],
    ['a wrong value for attachWebSocket()', attach({ idleMs: -1 }), 'attachWebSocket(): idleMs: expected'],
    ['a path that is none', attach({ path: 'live' }), 'attachWebSocket(): path: expected a path that begins with /'],
    ['no listener', () => webSocket('x' as never), 'webSocket(): expected a function (socket, request)'],
  ])('refuse %s, and say where', (_what, call, message) => {
    expect(call).toThrow(message);
  });
});

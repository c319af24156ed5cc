import net from 'node:net';
import type { BodySink } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { createServer } from '../src/index.ts';
import { bench, gate, get, ok, path, post, turns } from './talk.ts';

const close = 'Connection: close\r\n';
const pause = (): void => undefined;

describe('close()', () => {
  it('closes idle connections and lets busy ones finish', async () => {
    const later = gate();
    const { connect, server } = bench(async (context) => {
      await later.opened;
      return path(context);
    });
    const idle = connect();
    const busy = connect();
    await busy.say(get('/busy'));
    const closed = server.close();
    await turns();
    expect(idle.hasEnded).toBe(true);
    expect(busy.hasEnded).toBe(false);
    later.open();
    expect(await busy.hear()).toBe(ok('/busy', close));
    expect(busy.hasEnded).toBe(true);
    idle.channel.end();
    busy.channel.end();
    await closed;
    expect(server.connections).toBe(0);
  });

  it('is hastened by a later call', async () => {
    const never = gate();
    const { connect, server, clock, outcomes } = bench(() => never.opened);
    const client = connect();
    await client.say(get());
    const closed = server.close({ timeoutMs: 60_000 });
    clock.advance(1000);
    await turns();
    expect(client.isClosed).toBe(false);
    const again = server.close({ timeoutMs: 0 });
    clock.advance(1);
    await Promise.all([closed, again]);
    expect(outcomes).toMatchObject([{ end: 'shutdown' }]);
  });

  it('answers what has arrived, whole or in part', async () => {
    const { connect, server } = bench(path);
    const whole = connect();
    const part = connect();
    await part.say(get('/part').slice(0, 9));
    whole.channel.write(get('/whole'));
    void server.close();
    expect(await whole.hear()).toBe(ok('/whole', close));
    expect(await part.say(get('/part').slice(9))).toBe(ok('/part', close));
  });

  it('answers every pipelined request that has arrived, the last one with a close', async () => {
    const first = gate();
    const { connect, server, outcomes } = bench(async (context) => {
      if (context.request.path === '/0') await first.opened;
      return path(context);
    });
    const client = connect();
    const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
    await client.say(paths.map((each) => get(each)).join(''));
    void server.close();
    await turns();
    first.open();
    const answers = paths.map((each, index) => ok(each, index === 9 ? close : ''));
    expect(await client.hear()).toBe(answers.join(''));
    expect(client.hasEnded).toBe(true);
    expect(outcomes.length).toBe(10);
  });

  it('gives idle connections time for one more request', async () => {
    const { connect, server, clock } = bench(path);
    const client = connect();
    const silent = connect();
    await turns();
    void server.close({ drainIdleMs: 1000 });
    await turns();
    clock.advance(999);
    await turns();
    expect(silent.hasEnded).toBe(false);
    expect(await client.say(get('/last'))).toBe(ok('/last', close));
    clock.advance(1);
    await turns();
    expect(silent.hasEnded).toBe(true);
  });

  it('gives a client that was not told of the close time for one more request', async () => {
    let sink: BodySink | undefined;
    const { connect, server, clock } = bench((context) => {
      if (context.request.path !== '/begun') return path(context);
      context.response.status = 200;
      context.response.body = { length: 2, start: (given) => (sink = given), pause, resume: pause, cancel: pause };
    });
    const client = connect();
    await client.say(get('/begun')); // its head has left, without a word of a close
    void server.close({ drainIdleMs: 1000 });
    await turns();
    sink!.write(Buffer.from('ok'));
    sink!.end();
    await turns();
    expect(client.hasEnded).toBe(false);
    expect(await client.say(get('/next'))).toBe(`ok${ok('/next', close)}`);
    const silent = connect();
    clock.advance(1000);
    await turns();
    expect([client.hasEnded, silent.hasEnded]).toEqual([true, true]);
  });

  it('answers clients that have connected but were not accepted yet', async () => {
    const server = createServer(path);
    const listener = await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = listener.address as { port: number };
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    let answer = '';
    socket.on('data', (text) => (answer += text)).on('error', () => undefined);
    socket.write(get('/waiting'));
    await Promise.all([server.close({ drainIdleMs: 1000 }), new Promise((resolve) => socket.on('close', resolve))]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\/waiting$/s);
  });

  it('cuts answers that are not done in time, even of a handler that never settles', async () => {
    const { connect, server, clock, outcomes } = bench(() => new Promise(() => undefined));
    const client = connect();
    await client.say(get());
    const closed = server.close({ timeoutMs: 5000 });
    clock.advance(4999);
    await turns();
    expect(client.isClosed).toBe(false);
    clock.advance(1);
    await closed;
    expect(outcomes).toMatchObject([{ end: 'shutdown', status: 0, error: { code: 'SERVER_SHUTDOWN' } }]);
  });

  it('cuts uploads, downloads and tunnels too', async () => {
    const { connect, server, clock, outcomes } = bench(async ({ request, response }) => {
      if (request.path === '/up') await request.body.text();
      response.status = request.upgrade === null ? 200 : 101;
      if (request.upgrade !== null) response.upgrade = (channel) => channel.resume();
      else
        response.body = (async function* () {
          await new Promise(() => undefined);
          yield 'never';
        })();
    });
    await connect().say(post('Content-Length: 5\r\n').replace('/', '/up'));
    await connect().say(get('/down'));
    await connect().say(get('/', 'Connection: upgrade\r\nUpgrade: x\r\n'));
    const closed = server.close({ timeoutMs: 10 });
    await turns();
    clock.advance(10);
    await closed;
    expect(outcomes.map(({ end }) => end).sort()).toEqual(['shutdown', 'shutdown', 'upgraded']);
  });

  it('goes on as before for drainDelayMs, but is not ready', async () => {
    const { connect, server, clock } = bench(path);
    const listener = await server.listen({ host: '127.0.0.1', port: 0 });
    expect([server.isReady, server.stopping.aborted]).toEqual([true, false]);
    const closed = server.close({ drainDelayMs: 5000 });
    expect([server.isReady, server.stopping.aborted]).toEqual([false, true]);
    await turns();
    expect(await (await fetch(`http://${listener.name}/new`)).text()).toBe('/new');
    const client = connect();
    expect(await client.say(get('/a'))).toBe(ok('/a'));
    clock.advance(5000);
    await turns();
    expect(client.hasEnded).toBe(true);
    client.channel.end();
    await closed;
    await expect(fetch(`http://${listener.name}/late`)).rejects.toThrow();
  });

  it('gives no longer time to event streams and tunnels that begin while it stops', async () => {
    const answers = new Map<string, () => void>();
    const { connect, server, clock } = bench(async ({ request, response }) => {
      await new Promise<void>((resolve) => answers.set(request.path, resolve));
      response.status = request.upgrade === null ? 200 : 101;
      if (request.upgrade !== null) response.upgrade = (channel) => channel.resume();
      else {
        response.headers.set('Content-Type', 'text/event-stream');
        response.body = { length: null, start: () => undefined, pause, resume: pause, cancel: pause };
      }
    });
    const [events, tunnel] = [connect(), connect()];
    await events.say(get('/events'));
    await tunnel.say(get('/tunnel', 'Connection: upgrade\r\nUpgrade: x\r\n'));
    const closed = server.close({ eventStreamTimeoutMs: 5000, tunnelTimeoutMs: 5000, timeoutMs: 600_000 });
    await turns();
    clock.advance(6000);
    for (const answer of answers.values()) answer();
    await turns();
    expect([events.isClosed, tunnel.hasEnded]).toEqual([false, false]);
    clock.advance(5000);
    await turns();
    expect([events.isClosed, tunnel.hasEnded]).toEqual([true, true]);
    tunnel.channel.end();
    await closed;
  });

  it('gives event streams and tunnels their own time, and tells their handlers that it stops', async () => {
    const goodbyes: string[] = [];
    const { connect, server, clock, outcomes } = bench(({ request, response }) => {
      response.status = request.upgrade === null ? 200 : 101;
      server.stopping.addEventListener('abort', () => goodbyes.push(request.path));
      if (request.upgrade !== null) response.upgrade = (channel) => channel.resume();
      else {
        response.headers.set(
          'Content-Type',
          request.path === '/events' ? 'text/event-stream; charset=utf-8' : 'text/plain',
        );
        response.body = { length: null, start: () => undefined, pause, resume: pause, cancel: pause };
      }
    });
    const [events, tunnel, download] = [connect(), connect(), connect()];
    await events.say(get('/events'));
    await tunnel.say(get('/tunnel', 'Connection: upgrade\r\nUpgrade: x\r\n'));
    await download.say(get('/download'));
    const closed = server.close({ eventStreamTimeoutMs: 100, tunnelTimeoutMs: 200, timeoutMs: 300 });
    await turns();
    expect(goodbyes.sort()).toEqual(['/download', '/events', '/tunnel']);
    const states: boolean[][] = [];
    for (let step = 0; step < 3; step++) {
      clock.advance(100);
      await turns();
      states.push([events.isClosed, tunnel.hasEnded, download.isClosed]);
    }
    expect(states).toEqual([
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ]);
    await closed;
    expect(outcomes.map(({ end }) => end)).toEqual(['shutdown', 'upgraded', 'shutdown']);
  });

  it('is not needed to be no longer ready: the end of the last listener will do', async () => {
    const { server } = bench(path);
    const listeners = [
      await server.listen({ host: '127.0.0.1', port: 0 }),
      await server.listen({ host: '127.0.0.1', port: 0 }),
    ];
    const ready = [server.isReady];
    for (const listener of listeners) {
      await listener.close();
      ready.push(server.isReady);
    }
    expect(ready).toEqual([true, true, false]);
    await server.close();
  });

  it('may be called again, and refuses to listen afterwards', async () => {
    const { server } = bench(path);
    const listener = await server.listen({ host: '127.0.0.1', port: 0 });
    await Promise.all([server.close(), server.close()]);
    await expect(server.listen({ host: '127.0.0.1', port: 0 })).rejects.toMatchObject({ code: 'SERVER_CLOSED' });
    await expect(fetch(`http://${listener.name}`)).rejects.toThrow();
  });
});

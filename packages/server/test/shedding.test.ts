import http from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createServer } from '../src/index.ts';
import { bench, gate, get, ok, path, post, turns } from './talk.ts';

const close = 'Connection: close\r\n';

describe('shed()', () => {
  it('closes so many connections with their next answers, and no more', async () => {
    const { connect, server } = bench(path);
    const clients = [connect(), connect(), connect()];
    server.shed(2);
    const answers = [];
    for (const client of clients) answers.push(await client.say(get('/a')));
    expect(answers).toEqual([ok('/a', close), ok('/a', close), ok('/a')]);
    expect(clients.map((client) => client.hasEnded)).toEqual([true, true, false]);
  });

  it('leaves idle connections alone', async () => {
    const { connect, server, clock } = bench(path);
    const client = connect();
    await client.say(get('/1'));
    server.shed(1);
    clock.advance(60_000);
    await turns();
    expect(client.hasEnded).toBe(false);
    expect(await client.say(get('/2'))).toBe(ok('/2', close));
  });

  it('takes the place of the count before, and 0 takes it back', async () => {
    const { connect, server } = bench(path);
    server.shed(7);
    server.shed(1);
    expect(await connect().say(get('/1'))).toBe(ok('/1', close));
    expect(await connect().say(get('/2'))).toBe(ok('/2'));
    server.shed(7);
    server.shed(0);
    expect(await connect().say(get('/3'))).toBe(ok('/3'));
  });

  it('does not count what closes anyway', async () => {
    const { connect, server } = bench(path);
    server.shed(1);
    expect(await connect().say(get('/gone', close))).toBe(ok('/gone', close));
    expect(await connect().say(get('/kept'))).toBe(ok('/kept', close));
  });

  it('answers pipelined requests, and closes with the last of them', async () => {
    const { connect, server } = bench(path);
    server.shed(1);
    expect(await connect().say(get('/1') + get('/2') + get('/3'))).toBe(ok('/1') + ok('/2') + ok('/3', close));
  });

  it('answers a request that came while the one before was handled', async () => {
    const later = gate();
    const { connect, server } = bench(async (context) => {
      if (context.request.path === '/late') await later.opened;
      return path(context);
    });
    const client = connect();
    await client.say(get('/late'));
    await client.say(get('/next'));
    server.shed(1);
    later.open();
    expect(await client.hear()).toBe(ok('/late') + ok('/next', close));
  });

  it('keeps a connection whose request is still being sent', async () => {
    const { connect, server } = bench(path);
    server.shed(1);
    const client = connect();
    expect(await client.say(post('Content-Length: 2\r\n'))).toBe(ok('/'));
    expect(await client.say(`ab${get('/next')}`)).toBe(ok('/next', close));
  });

  it('leaves event streams alone, those that begin too', async () => {
    const { connect, server } = bench(({ response }) => {
      response.status = 200;
      response.headers.set('Content-Type', 'text/event-stream');
      response.body = (async function* () {
        yield 'data: 1\n\n';
        await new Promise(() => undefined);
      })();
    });
    const before = connect();
    expect(await before.say(get())).toContain('data: 1');
    server.shed(1);
    expect(before.hasEnded).toBe(false);
    expect(await connect().say(get())).not.toContain('close');
  });

  it('leaves tunnels alone', async () => {
    const { connect, server } = bench((context) => {
      if (context.request.upgrade === null) return path(context);
      context.response.status = 101;
      context.response.upgrade = (channel) => channel.write('hello');
    });
    server.shed(1);
    const tunnel = connect();
    expect(await tunnel.say(get('/', 'Connection: upgrade\r\nUpgrade: x\r\n'))).toMatch(/^HTTP\/1.1 101 .*hello$/s);
    expect(tunnel.hasEnded).toBe(false);
    expect(await connect().say(get('/'))).toBe(ok('/', close));
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3', null, undefined])('refuses %s', (count) => {
    expect(() => bench(path).server.shed(count as number)).toThrow(
      expect.objectContaining({
        code: 'SERVER_OPTION_INVALID',
        message: `An option is not valid: shed(): count: expected a whole number, 0 or more, found ${typeof count === 'string' ? `"${count}"` : count}`,
      }),
    );
  });

  it('makes clients of Node come back, without a failed request', async () => {
    const server = createServer(path);
    const { address } = await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = address as { port: number };
    const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
    const sockets = new Set<unknown>();
    const ask = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const request = http.get({ host: '127.0.0.1', port, agent }, (answer) => resolve(text(answer)));
        request.on('socket', (socket) => sockets.add(socket)).on('error', reject);
      });
    const askAll = (): Promise<string[]> => Promise.all(Array.from({ length: 8 }, ask));
    for (let round = 0; round < 20; round++) {
      server.shed(4);
      expect(await askAll()).toEqual(Array(8).fill('/'));
    }
    expect(sockets.size).toBe(8 + 19 * 4); // what the last round has shed was not asked for again
    agent.destroy();
    await server.close();
  });
});

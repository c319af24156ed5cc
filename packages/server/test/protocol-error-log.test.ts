import { connect as dial } from 'node:net';
import { createManualClock } from '@windhover/testing';
import { createTimerWheel } from '@windhover/transport';
import { describe, expect, it } from 'vitest';
import { createServer } from '../src/index.ts';
import { bench, path, post, turns } from './talk.ts';

const bad = 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n';

/** A server to whose protocol errors nobody listens. */
function unheard(handler = path) {
  const { logged, ...rest } = bench(handler, { onProtocolError: undefined } as object);
  const written = (): typeof logged => logged.filter(({ level }) => level !== 'debug');
  return { ...rest, logged, written };
}

describe('protocol errors that nobody listens to', () => {
  it('are one line and then a count a minute, however many they are, and each at debug', async () => {
    const { connect, clock, logged, written, server } = unheard();
    for (let round = 0; round < 300; round++) await connect().say(bad);
    await connect().say('GET / HTTP/1.1\r\n\r\n');
    const first = { client: '-', code: 'HTTP1_BAD_HOST', answered: 400 };
    expect(written()).toEqual([{ level: 'info', message: expect.any(String), facts: first }]);
    expect(logged.filter(({ level }) => level === 'debug')).toHaveLength(300);
    clock.advance(59_999);
    expect(written()).toHaveLength(1);
    clock.advance(1);
    const facts = { count: 300, seconds: 60, HTTP1_BAD_HOST: 299, HTTP1_MISSING_HOST: 1 };
    expect(written().slice(1)).toEqual([{ level: 'info', message: 'More requests were refused', facts }]);
    await server.close({ timeoutMs: 0 });
  });

  it('go on as one line a minute while they go on, and begin anew after a quiet minute', async () => {
    const { connect, clock, written } = unheard();
    for (let minute = 0; minute < 3; minute++) {
      await connect().say(bad);
      await connect().say(bad);
      clock.advance(60_000);
    }
    expect(written().map(({ facts }) => (facts as { count?: number }).count)).toEqual([undefined, 1, 2, 2]);
    clock.advance(60_000);
    await connect().say(bad);
    expect(written().at(-1)).toMatchObject({ facts: { code: 'HTTP1_BAD_HOST', answered: 400 } });
    expect(written()).toHaveLength(5);
  });

  it('are told to the end when the server closes, which leaves no timer', async () => {
    const { connect, clock, written, server } = unheard();
    for (let round = 0; round < 3; round++) await connect().say(bad);
    clock.advance(10_000);
    const closed = server.close();
    await turns();
    clock.advance(30_000);
    await closed;
    expect(written().at(-1)).toMatchObject({ message: 'More requests were refused', facts: { count: 2 } });
    clock.advance(250);
    expect(clock.pending).toBe(0);
  });

  it('leave warnings for connections beyond a limit, which are counted on their own', async () => {
    const clock = createManualClock({ now: 1_000_000 });
    const said: unknown[] = [];
    const log = {
      debug: () => undefined,
      info: () => said.push('info'),
      warn: (message: string, facts?: object) => said.push([message, facts]),
      error: () => said.push('error'),
    };
    const options = { clock, wheel: createTimerWheel({ clock }), log, limits: { maxConnections: 1 } };
    const server = createServer(path, options);
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const kept = dial(port!, '127.0.0.1');
    await new Promise((resolve) => kept.once('connect', resolve));
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => dial(port!, '127.0.0.1').on('error', resolve).on('close', resolve).resume());
    }
    expect(said).toEqual([
      [expect.stringContaining('as many connections'), expect.objectContaining({ client: '127.0.0.1' })],
    ]);
    clock.advance(60_250);
    expect(said.slice(1)).toEqual([
      ['More connections were refused', { count: 2, seconds: 60, SERVER_TOO_MANY_CONNECTIONS: 2 }],
    ]);
    kept.destroy();
    await server.close({ timeoutMs: 0 });
  });

  it('are joined by no warning where the bad body was being sent back', async () => {
    const { connect, written } = unheard(({ request, response }) => {
      response.status = 200;
      response.body = request.body;
    });
    const client = connect();
    await client.say(post('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n'));
    await client.say('xyz\r\n');
    expect(client.isClosed).toBe(true);
    const facts = { client: '-', code: 'HTTP1_BAD_CHUNK_SIZE', answered: 200 };
    expect(written()).toEqual([{ level: 'info', message: expect.any(String), facts }]);
  });
});

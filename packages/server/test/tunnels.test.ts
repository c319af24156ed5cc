import type { Channel, ChannelConsumer, Connection } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { bench, gate, get, turns } from './talk.ts';

const upgradeHeaders = 'Connection: Upgrade\r\nUpgrade: echo\r\n';
const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n';

/** Sends everything back in brackets. */
function echo(channel: Channel): void {
  const consumer: ChannelConsumer = {
    data: (chunk) => void channel.write(`[${Buffer.from(chunk).toString('latin1')}]`),
    end: () => channel.end(),
    drain: () => undefined,
    close: () => undefined,
  };
  channel.attach(consumer);
}

const upgrade: Parameters<typeof bench>[0] = ({ request, response }) => {
  response.status = request.method === 'CONNECT' ? 200 : 101;
  response.upgrade = echo;
};

describe('a tunnel', () => {
  it('after an upgrade gets the bytes right behind the head, and lives until the close', async () => {
    const { connect, outcomes, clock, server } = bench(upgrade);
    const client = connect();
    expect(await client.say(`${get('/', upgradeHeaders)}hello`)).toBe(`${switched}[hello]`);
    clock.advance(1e9); // no deadline of HTTP holds any more
    expect(await client.say('again')).toBe('[again]');
    expect(outcomes).toEqual([]);
    client.channel.end();
    await turns();
    expect(client.isClosed).toBe(true);
    expect(outcomes).toMatchObject([{ status: 101, end: 'upgraded' }]);
    expect(server.connections).toBe(0);
  });

  it('that is cut tells by whom', async () => {
    let tunnel: Connection | null = null;
    const { connect, outcomes } = bench(({ response }) => {
      response.status = 101;
      response.upgrade = (connection) => void (tunnel = connection);
    });
    connect().send(get('/', upgradeHeaders));
    await turns();
    tunnel!.destroy(new Error('too old'));
    await turns();
    expect(outcomes).toMatchObject([{ status: 101, end: 'upgraded', error: { message: 'too old' } }]);
  });

  it('hears when a stop begins, once, whatever another tunnel does with that', async () => {
    const { connect, server, logged, clock, outcomes } = bench(({ request, response }) => {
      response.status = 101;
      response.upgrade = (connection) => {
        connection.onStopping = () => {
          if (request.path === '/broken') throw new Error('no goodbye');
          connection.write('bye');
          connection.end();
        };
        connection.attach({ data() {}, end() {}, drain() {}, close() {} });
      };
    });
    const broken = connect();
    expect(await broken.say(get('/broken', upgradeHeaders))).toBe(switched);
    const polite = connect();
    expect(await polite.say(get('/', upgradeHeaders))).toBe(switched);
    const closed = server.close({ timeoutMs: 60_000 });
    expect(await polite.say('')).toBe('bye');
    expect(logged).toMatchObject([{ message: 'A tunnel failed to say goodbye' }]);
    polite.channel.end();
    await turns();
    expect(server.connections).toBe(1);
    clock.advance(5000);
    await closed;
    expect(outcomes).toMatchObject([{}, { error: { code: 'SERVER_SHUTDOWN' } }]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no tunnel');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('no tunnel');
      },
    ],
  ])('that %s is closed, and its failure told', async (_how, failing) => {
    const { connect, outcomes, logged, server } = bench(({ response }) => {
      response.status = 101;
      response.upgrade = failing;
    });
    connect().send(get('/', upgradeHeaders));
    await turns();
    expect(server.connections).toBe(0);
    expect(outcomes).toMatchObject([{ end: 'handler-failed', error: { message: 'no tunnel' } }]);
    expect(logged).toMatchObject([{ level: 'error', message: 'An upgrade failed' }]);
  });

  it('is an error that says so if no client asked for it', async () => {
    const { connect, logged } = bench(upgrade);
    expect(await connect().say(get())).toContain('500 Internal Server Error');
    expect(logged).toMatchObject([
      { facts: { error: { message: expect.stringContaining('the client asked for none') } } },
    ]);
  });

  it('needs no status: 101 after an upgrade and 200 to CONNECT are what it is', async () => {
    const { connect, outcomes } = bench(({ response }) => {
      response.upgrade = echo;
    });
    const upgraded = connect();
    expect(await upgraded.say(`${get('/', upgradeHeaders)}hello`)).toBe(`${switched}[hello]`);
    const connected = connect();
    expect(await connected.say('CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\nhello')).toBe(
      'HTTP/1.1 200 OK\r\n\r\n[hello]',
    );
    for (const client of [upgraded, connected]) client.channel.end();
    await turns();
    expect(outcomes.map(({ status }) => status)).toEqual([101, 200]);
  });

  it('after CONNECT has neither length nor coding', async () => {
    const client = bench(upgrade).connect();
    expect(await client.say('CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\nhello')).toBe(
      'HTTP/1.1 200 OK\r\n\r\n[hello]',
    );
  });

  it('comes after the answers before it and after its own request body', async () => {
    const client = bench((context) => {
      if (context.request.upgrade !== null) return upgrade(context);
      context.response.status = 204;
    }).connect();
    const request = `POST / HTTP/1.1\r\nHost: a\r\n${upgradeHeaders}Content-Length: 4\r\n\r\n`;
    expect(await client.say(`${get()}${request}bo`)).toBe('HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n');
    expect(await client.say('dyhello')).toBe(`${switched}[hello]`);
  });

  it('decided later gets what came meanwhile, in order', async () => {
    const later = gate();
    const client = bench(async (context) => {
      await later.opened;
      await upgrade(context);
    }).connect();
    await client.say(get('/', upgradeHeaders));
    await client.say('a');
    await client.say('b');
    later.open();
    expect(await client.hear()).toBe(`${switched}[ab]`);
  });

  it('that attaches later loses nothing, the end included', async () => {
    let held: Channel | null = null;
    const client = bench(
      ({ response }) => {
        response.status = 101;
        response.upgrade = (channel) => {
          held = channel;
        };
      },
      { halfClose: 'allow' },
    ).connect();
    expect(await client.say(`${get('/', upgradeHeaders)}one`)).toBe(switched);
    await client.say(' two');
    client.channel.end();
    await turns();
    echo(held!);
    expect((await client.hear()).replaceAll('][', '')).toBe('[one two]');
    expect(client.isClosed).toBe(true);
  });

  it('whose function throws is closed and logged', async () => {
    const { connect, logged, outcomes } = bench(({ response }) => {
      response.status = 101;
      response.upgrade = () => {
        throw new Error('a bug');
      };
    });
    const client = connect();
    await client.say(get('/', upgradeHeaders));
    expect(client.hasEnded).toBe(true);
    expect(logged.map(({ level }) => level)).toEqual(['error']);
    expect(outcomes).toMatchObject([{ end: 'handler-failed', error: { message: 'a bug' } }]);
  });

  it('whose request body is malformed, too large or too slow is refused', async () => {
    const request = `POST / HTTP/1.1\r\nHost: a\r\n${upgradeHeaders}Transfer-Encoding: chunked\r\n\r\n`;
    const { connect, clock } = bench(upgrade, { limits: { maxDiscardedBytes: 3 } });
    expect(await connect().say(`${request}xyz\r\n`)).toMatch(/^HTTP\/1\.1 400 [\s\S]*Connection: close/);
    expect(await connect().say(`${request}4\r\nabcd\r\n`)).toMatch(/^HTTP\/1\.1 413 [\s\S]*Connection: close/);
    const slow = connect();
    expect(await slow.say(`${request}4\r\n`)).toBe('');
    clock.advance(5000);
    expect(await slow.hear()).toMatch(/^HTTP\/1\.1 408 [\s\S]*Connection: close/);
  });

  it('is refused by an ordinary status, and the connection goes on', async () => {
    const client = bench(({ response }) => void (response.status = 403)).connect();
    expect(await client.say(get('/', upgradeHeaders))).toMatch(/^HTTP\/1\.1 403 Forbidden/);
    expect(await client.say(get())).toMatch(/^HTTP\/1\.1 403 Forbidden/);
  });
});

it('closes after a refused CONNECT: what follows was meant for a tunnel', async () => {
  const { connect, outcomes } = bench(({ response }) => {
    response.status = 403;
  });
  const client = connect();
  const answer = await client.say(`CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n${get('/inner')}`);
  expect(answer).toBe('HTTP/1.1 403 Forbidden\r\nDate: D\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  expect(client.hasEnded).toBe(true);
  expect(outcomes.length).toBe(1);
});

it('refuses a CONNECT that its handler answers with a 2xx and no tunnel: the client would take the body for one', async () => {
  const { connect, protocolErrors, logged, outcomes } = bench(({ response }) => {
    response.headers.set('X-Of', 'the page');
    response.body = 'a page';
  });
  expect(await connect().say('CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n')).toBe(
    'HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain; charset=utf-8\r\nDate: D\r\nContent-Length: 30\r\nConnection: close\r\n\r\nCONNECT is not supported here\n',
  );
  expect(protocolErrors).toMatchObject([{ code: 'SERVER_CONNECT_UNSUPPORTED', status: 501 }]);
  expect(logged).toEqual([]);
  expect(outcomes).toMatchObject([{ status: 501, end: 'complete' }]);
});

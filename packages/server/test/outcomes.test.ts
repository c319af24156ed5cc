import { describe, expect, it } from 'vitest';
import { openBody } from './open-body.ts';
import { bench, gate, get, ok, path, post, turns } from './talk.ts';

describe('onSent', () => {
  it('tells of a complete answer, with its times', async () => {
    const { connect, clock, outcomes } = bench(async (context) => {
      await context.request.body.bytes();
      return path(context);
    });
    const client = connect();
    await client.say('POST /abc HTTP/1.1\r\nHo');
    clock.advance(100);
    await client.say('st: a\r\nContent-Length: 1\r\n\r\n');
    clock.advance(20);
    await client.say('x');
    expect(outcomes).toEqual([
      { status: 200, bytesSent: 4, startedAt: 1_000_000, headAt: 1_000_120, endedAt: 1_000_120, end: 'complete' },
    ]);
  });

  it('begins the time of a pipelined request when it is read', async () => {
    const first = gate();
    const { connect, clock, outcomes } = bench(async (context) => {
      if (context.request.path === '/1') await first.opened;
      return path(context);
    });
    await connect().say(get('/1') + get('/2'));
    clock.advance(500);
    first.open();
    await turns();
    expect(outcomes.map(({ startedAt }) => startedAt)).toEqual([1_000_000, 1_000_500]);
  });

  it('comes when the last byte has left, not before', async () => {
    const { connect, clock, outcomes } = bench(path);
    const client = connect();
    client.channel.pause();
    await client.say(get());
    expect(outcomes).toEqual([]);
    clock.advance(400);
    client.channel.resume();
    await turns();
    clock.advance(1000);
    expect(outcomes).toMatchObject([{ end: 'complete', status: 200 }]);
  });

  it('is client-closed when the client resets before the answer, and the handler is told', async () => {
    const reasons: unknown[] = [];
    const { connect, outcomes, logged } = bench(async (context) => {
      context.onAbort((reason) => reasons.push(reason));
      context.signal.addEventListener('abort', () => reasons.push(context.signal.reason));
      await new Promise((_resolve, reject) => context.onAbort(reject));
    });
    const client = connect();
    await client.say(get());
    client.channel.reset();
    await turns();
    expect(outcomes).toMatchObject([
      { status: 0, bytesSent: 0, end: 'client-closed', error: { code: 'SERVER_CLIENT_CLOSED' } },
    ]);
    expect(reasons.length).toBe(2);
    expect(reasons[0]).toBe(reasons[1]);
    expect(logged).toEqual([]);
  });

  it('counts what an answer had sent when the client left in the middle of it', async () => {
    const body = openBody('hello');
    const { connect, outcomes } = bench(({ response }) => {
      response.status = 200;
      response.body = body;
    });
    const client = connect();
    await client.say(get());
    client.channel.reset();
    await turns();
    expect(outcomes).toMatchObject([{ status: 200, bytesSent: 5, end: 'client-closed' }]);
    expect(body.cancelled.length).toBe(1);
  });

  it('is handler-failed when the body fails: the answer is cut, never ended', async () => {
    const body = openBody('hello');
    const { connect, outcomes, logged } = bench(({ response }) => {
      response.status = 200;
      response.body = body;
    });
    const client = connect();
    await client.say(get());
    body.fail(new Error('disk'));
    await turns();
    expect(client.text).not.toContain('0\r\n\r\n');
    expect((client.error as NodeJS.ErrnoException).code).toBe('ECONNRESET');
    expect(outcomes).toMatchObject([{ status: 200, end: 'handler-failed', error: { message: 'disk' } }]);
    expect(logged.map(({ level }) => level)).toEqual(['warn']);
  });

  it('is heard by a listener that comes after the client is gone', async () => {
    const later = gate();
    const heard: string[] = [];
    const { connect } = bench(async (context) => {
      await later.opened;
      context.onSent(({ end }) => heard.push(end));
    });
    const client = connect();
    await client.say(get());
    client.channel.reset();
    await turns();
    later.open();
    await turns();
    expect(heard).toEqual(['client-closed']);
  });

  it('hears every listener even if one throws', async () => {
    const heard: string[] = [];
    const { connect, logged } = bench((context) => {
      context.onSent(() => {
        throw new Error('a bug');
      });
      context.onSent(({ end }) => heard.push(end));
      return path(context);
    });
    expect(await connect().say(get())).toBe(ok('/'));
    expect(heard).toEqual(['complete']);
    expect(logged.length).toBe(1);
  });

  it('comes even if an onAbort listener throws', async () => {
    const { connect, outcomes, logged } = bench((context) => {
      context.onAbort(() => {
        throw new Error('a bug');
      });
      return new Promise(() => undefined);
    });
    const client = connect();
    await client.say(get());
    client.channel.reset();
    await turns();
    expect(outcomes.length).toBe(1);
    expect(logged.length).toBe(1);
  });
});

describe('a client that is gone', () => {
  it('has the body of a late answer disposed exactly once', async () => {
    const later = gate();
    const body = openBody('late');
    const { connect, outcomes, logged } = bench(async ({ response }) => {
      await later.opened;
      response.status = 200;
      response.body = body;
    });
    const client = connect();
    await client.say(get());
    client.channel.destroy();
    await turns();
    later.open();
    await turns();
    expect(body.cancelled.length).toBe(1);
    expect(outcomes.length).toBe(1);
    expect(logged).toEqual([]);
  });

  it('has the body of a handler that fails late disposed too', async () => {
    const later = gate();
    const body = openBody('late');
    const { connect, logged } = bench(async ({ response }) => {
      response.body = body;
      await later.opened;
    });
    const client = connect();
    await client.say(get());
    client.channel.destroy();
    await turns();
    later.fail(new Error('too late'));
    await turns();
    expect(body.cancelled.length).toBe(1);
    expect(logged).toEqual([]);
  });
});

describe('a client that has sent its FIN', () => {
  it('gets what was decided before', async () => {
    const { connect } = bench(path);
    const client = connect();
    client.channel.write(get('/1') + get('/2'));
    client.channel.end();
    expect(await client.hear()).toBe(ok('/1') + ok('/2'));
    expect(client.isClosed).toBe(true);
  });

  it('gets the rest of a file and of a large value', async () => {
    const { connect, outcomes } = bench(({ request, response }) => {
      response.status = 200;
      response.body =
        request.path === '/file'
          ? { length: 200_000, read: async (into) => into.fill(0x66).length, close: () => undefined }
          : 'f'.repeat(200_000);
    });
    for (const name of ['/file', '/text']) {
      const client = connect();
      client.channel.pause();
      await client.say(get(name));
      client.channel.end();
      await turns();
      client.channel.resume();
      await turns(60);
      expect((await client.hear()) === ok('f'.repeat(200_000))).toBe(true);
    }
    expect(outcomes.map(({ end }) => end)).toEqual(['complete', 'complete']);
  });

  it('has its streams cut', async () => {
    const body = openBody('hello');
    const { connect, outcomes } = bench(({ response }) => {
      response.status = 200;
      response.body = body;
    });
    const client = connect();
    await client.say(get());
    client.channel.end();
    await turns();
    expect(client.isClosed).toBe(true);
    expect(body.cancelled.length).toBe(1);
    expect(outcomes).toMatchObject([{ end: 'client-closed', bytesSent: 5 }]);
  });

  it('aborts a handler that has not decided, and counts a handler that stops because of it as no failure', async () => {
    const { connect, outcomes, logged } = bench(
      ({ signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    );
    const client = connect();
    client.channel.write(get());
    client.channel.end();
    expect(await client.hear()).toBe('');
    expect(client.isClosed).toBe(true);
    expect(outcomes).toMatchObject([{ end: 'client-closed', status: 0 }]);
    expect(logged).toEqual([]);
  });

  it('still gets what a handler decides within a moment, but no stream', async () => {
    const later = gate();
    const body = openBody('late');
    const { connect, outcomes, logged } = bench(async (context) => {
      await later.opened;
      if (context.request.path === '/text') return path(context);
      context.response.status = 200;
      context.response.body = body;
    });
    const [text, stream] = [connect(), connect()];
    for (const [client, name] of [
      [text, '/text'],
      [stream, '/stream'],
    ] as const) {
      client.channel.write(get(name));
      client.channel.end();
    }
    await turns();
    later.open();
    expect(await text.hear()).toBe(ok('/text'));
    expect(await stream.hear()).toBe('');
    expect([text.isClosed, stream.isClosed]).toEqual([true, true]);
    expect(body.cancelled.length).toBe(1);
    expect(outcomes.map(({ end }) => end).sort()).toEqual(['client-closed', 'complete']);
    expect(logged).toEqual([]);
  });

  it.each([
    ['whole', get()],
    ['in the middle of its body', post('Content-Length: 10\r\n', 'abc')],
    ['whole, with another behind it', get() + get()],
  ])('is let go of when its handler never settles: a request that came %s', async (_how, request) => {
    const reasons: unknown[] = [];
    const { connect, clock, server, outcomes, logged } = bench((context) => {
      context.onAbort((reason) => reasons.push(reason));
      return new Promise(() => undefined);
    });
    const client = connect();
    client.channel.write(request);
    client.channel.end();
    await turns();
    expect(reasons).toMatchObject([{ code: 'SERVER_CLIENT_CLOSED' }]);
    clock.advance(250);
    await turns();
    expect(await client.hear()).toBe('');
    expect(client.isClosed).toBe(true);
    expect(client.error).toBeUndefined();
    expect(server.connections).toBe(0);
    expect(outcomes).toMatchObject([{ end: 'client-closed', status: 0, error: { code: 'SERVER_CLIENT_CLOSED' } }]);
    expect(logged).toEqual([]);
  });

  it('has the body of an answer disposed that comes after it was let go of', async () => {
    const later = gate();
    const body = openBody('late');
    const { connect, clock, outcomes } = bench(async ({ response }) => {
      await later.opened;
      response.body = body;
    });
    const client = connect();
    client.channel.write(get());
    client.channel.end();
    await turns();
    clock.advance(250);
    await turns();
    expect(outcomes.length).toBe(1);
    later.open();
    await turns();
    expect(body.cancelled.length).toBe(1);
    expect(outcomes.length).toBe(1);
  });

  it('is answered by a handler that does not care, and streams go on, with halfClose: allow', async () => {
    const body = openBody('hello');
    const aborted: unknown[] = [];
    const { connect } = bench(
      async (context) => {
        context.onAbort((reason) => aborted.push(reason));
        await turns(3);
        context.response.status = 200;
        context.response.body = body;
        context.response.declaredLength = 5;
        setImmediate(() => body.end());
      },
      { halfClose: 'allow' },
    );
    const client = connect();
    client.channel.write(get());
    client.channel.end();
    expect(await client.hear()).toBe(ok('hello'));
    expect(aborted).toEqual([]);
    expect(client.isClosed).toBe(true);
  });

  it('inside a body fails its reader; after a body that only waits to be read it does not', async () => {
    const begin = gate();
    const results: string[] = [];
    const { connect, logged } = bench(
      async (context) => {
        await begin.opened;
        await context.request.body.text().then(
          (text) => results.push(text),
          (error) => results.push(error.code),
        );
        return path(context);
      },
      { halfClose: 'allow' },
    );
    const cut = connect();
    cut.channel.write(post('Content-Length: 6\r\n', 'abc'));
    cut.channel.end();
    const whole = connect();
    whole.channel.write(post('Content-Length: 6\r\n', 'abcdef'));
    whole.channel.end();
    await turns();
    begin.open();
    await turns();
    expect(results.sort()).toEqual(['SERVER_CLIENT_CLOSED', 'abcdef']);
    expect(await whole.hear()).toBe(ok('/'));
    expect(logged).toEqual([]);
  });
});

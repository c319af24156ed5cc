import { describe, expect, it } from 'vitest';
import { bench, get, ok, path, post, turns } from './talk.ts';

const refused = (message: string): RegExp =>
  new RegExp(`^HTTP/1\\.1 408 Request Timeout\\r\\n[\\s\\S]*Connection: close\\r\\n\\r\\n${message}`);

describe('keepAliveTimeoutMs', () => {
  it('closes an idle connection without a word, to the millisecond, and begins anew with each request', async () => {
    const { connect, clock, protocolErrors } = bench(path);
    const client = connect();
    clock.advance(129_999);
    expect(await client.say(get())).toBe(ok('/'));
    clock.advance(129_999);
    await turns();
    expect(client.hasEnded).toBe(false);
    clock.advance(1);
    expect(await client.hear()).toBe('');
    expect(client.hasEnded).toBe(true);
    expect(protocolErrors).toEqual([]);
  });

  it('still answers a request that was there when the time ran out', async () => {
    const { connect, clock } = bench(path);
    const client = connect();
    await turns();
    client.send(get('/just'));
    clock.advance(130_000);
    expect(await client.hear()).toBe(ok('/just', 'Connection: close\r\n'));
    expect(client.hasEnded).toBe(true);
  });

  it('never passes when it is null, nor while a handler works', async () => {
    const forever = bench(path, { limits: { keepAliveTimeoutMs: null } });
    const idle = forever.connect();
    forever.clock.advance(1e9);
    expect(await idle.say(get())).toBe(ok('/'));

    const { connect, clock } = bench(() => new Promise(() => undefined));
    const busy = connect();
    await busy.say(get());
    clock.advance(1e9);
    await turns();
    expect(busy.hasEnded).toBe(false);
  });
});

describe('headersTimeoutMs', () => {
  it('answers 408 when a byte had come', async () => {
    const { connect, clock, protocolErrors } = bench(path);
    const client = connect();
    clock.advance(60_000);
    await client.say('G');
    clock.advance(29_999);
    expect(await client.hear()).toBe('');
    clock.advance(1);
    expect(await client.hear()).toMatch(refused('The request head did not arrive in time'));
    expect(client.hasEnded).toBe(true);
    expect(protocolErrors).toMatchObject([{ code: 'SERVER_HEADERS_TIMEOUT', status: 408 }]);
  });

  it('is not put off by one byte a second', async () => {
    const { connect, clock } = bench(path);
    const client = connect();
    const slow = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(100)}`;
    let answer = '';
    let seconds = 0;
    for (; answer === '' && seconds < 100; seconds++) {
      answer = await client.say(slow[seconds]!);
      clock.advance(1000);
    }
    expect(answer).toMatch(refused(''));
    expect(seconds).toBe(31);
  });
});

describe('minRequestBodyBytesPerSecond', () => {
  const read: Parameters<typeof bench>[0] = async ({ request, response }) => {
    let text = '';
    for await (const chunk of request.body) text += Buffer.from(chunk).toString();
    response.status = 200;
    response.body = String(text.length);
  };

  it('answers 408 to a body that stands still for the grace', async () => {
    const { connect, clock, protocolErrors, outcomes } = bench(read);
    const client = connect();
    await client.say(post('Content-Length: 2000\r\n'));
    clock.advance(4999);
    expect(await client.hear()).toBe('');
    clock.advance(1);
    expect(await client.hear()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*Connection: close/);
    expect(protocolErrors).toMatchObject([{ code: 'SERVER_BODY_TOO_SLOW', status: 408 }]);
    expect(outcomes).toMatchObject([{ status: 408, end: 'complete' }]);
    expect(client.hasEnded).toBe(true);
  });

  it('is not fooled by a byte now and then, nor by a fast start', async () => {
    const { connect, clock } = bench(read);
    const client = connect();
    await client.say(post('Content-Length: 200000\r\n', 'x'.repeat(100_000)));
    let answer = '';
    let waited = 0;
    for (; answer === '' && waited < 60_000; waited += 1000) {
      clock.advance(1000);
      answer = await client.say('x');
    }
    expect(answer).toContain('408');
    expect(waited).toBeLessThanOrEqual(10_000);
  });

  it('lets a body pass that keeps to the rate', async () => {
    const { connect, clock } = bench(read);
    const client = connect();
    await client.say(post('Content-Length: 6000\r\n'));
    for (let second = 1; second < 20; second++) {
      clock.advance(1000);
      expect(await client.say('x'.repeat(300))).toBe(''); // four of them in the first five seconds: 240 each
    }
    clock.advance(1000);
    expect(await client.say('x'.repeat(300))).toBe(ok('6000'));
  });

  it('does not run while the body is not read', async () => {
    let resume: () => void = () => undefined;
    const { connect, clock } = bench(
      ({ request, response }) =>
        new Promise((resolve) => {
          let length = 0;
          resume = () => request.body.resume();
          request.body.start({
            write: (chunk) => {
              length += chunk.byteLength;
              return length > 1;
            },
            end: () => {
              response.status = 200;
              response.body = String(length);
              resolve();
            },
            fail: () => resolve(),
          });
        }),
    );
    const client = connect();
    await client.say(post('Content-Length: 3\r\n', 'x'));
    clock.advance(1e6);
    resume();
    clock.advance(4999);
    expect(await client.say('yz')).toBe(ok('3'));
  });

  it('may be lifted', async () => {
    const { connect, clock } = bench(read, { limits: { minRequestBodyBytesPerSecond: null } });
    const client = connect();
    await client.say(post('Content-Length: 1\r\n'));
    clock.advance(1e9);
    expect(await client.say('x')).toBe(ok('1'));
  });
});

describe('minResponseBytesPerSecond', () => {
  const large: Parameters<typeof bench>[0] = ({ response }) => {
    response.status = 200;
    response.body = 'x'.repeat(1_000_000);
  };

  it('cuts a client that takes nothing for the grace', async () => {
    const { connect, clock, protocolErrors, outcomes } = bench(large);
    const client = connect();
    client.channel.pause();
    await client.say(get());
    clock.advance(59_999);
    await turns();
    expect(client.isClosed).toBe(false);
    clock.advance(1);
    await turns();
    expect(client.isClosed).toBe(true);
    expect(protocolErrors).toMatchObject([{ code: 'SERVER_RESPONSE_TOO_SLOW', status: 0 }]);
    expect(outcomes).toMatchObject([{ status: 200, end: 'deadline', error: { code: 'SERVER_RESPONSE_TOO_SLOW' } }]);
  });

  it('cuts it too when the answer was small', async () => {
    const { connect, clock, outcomes } = bench(path);
    const client = connect();
    client.channel.pause();
    await client.say(get());
    clock.advance(60_000);
    await turns();
    expect(outcomes).toMatchObject([{ end: 'deadline' }]);
  });

  it('lets a slow but steady client finish, pipelined answers and the end of a stream included', async () => {
    const { connect, clock, protocolErrors, outcomes } = bench(({ response }) => {
      response.status = 200;
      response.body = 'x'.repeat(70_000);
    });
    const client = connect();
    client.channel.pause();
    await client.say(get().repeat(5));
    for (let round = 0; round < 400 && outcomes.length < 5; round++) {
      client.channel.resume();
      await new Promise(process.nextTick);
      client.channel.pause();
      clock.advance(3000);
      await turns(2);
    }
    expect(protocolErrors).toEqual([]);
    expect(outcomes.map(({ end }) => end)).toEqual(Array(5).fill('complete'));
  });

  it('may be lifted', async () => {
    const { connect, clock } = bench(large, { limits: { minResponseBytesPerSecond: null } });
    const client = connect();
    client.channel.pause();
    await client.say(get());
    clock.advance(1e7);
    client.channel.resume();
    await turns(100);
    expect(client.text.length).toBeGreaterThan(1_000_000);
  });

  it('does not hurry a body whose producer is slow', async () => {
    let write: (text: string) => boolean = () => false;
    const { connect, clock, protocolErrors } = bench(({ response }) => {
      response.status = 200;
      response.body = {
        length: null,
        start: (sink) => {
          write = (text) => sink.write(Buffer.from(text));
        },
        pause: () => undefined,
        resume: () => undefined,
        cancel: () => undefined,
      };
    });
    const client = connect();
    await client.say(get());
    for (let round = 0; round < 5; round++) {
      clock.advance(60_000);
      write('.');
      expect(await client.hear()).toBe('1\r\n.\r\n');
    }
    expect(protocolErrors).toEqual([]);
  });
});

describe('lingering after an answer that closes', () => {
  it('waits until the answer has left, however long its client takes within the rate', async () => {
    const { connect, clock, outcomes } = bench(({ response }) => {
      response.status = 200;
      response.body = 'x'.repeat(60_000);
    });
    const client = connect();
    client.channel.pause();
    await client.say(get('/', 'Connection: close\r\n'));
    clock.advance(4000);
    await turns();
    client.channel.resume();
    await turns();
    expect(client.text.length).toBeGreaterThan(60_000);
    clock.advance(1000);
    await turns();
    expect(outcomes).toMatchObject([{ end: 'complete', bytesSent: 60_000 }]);
  });

  it('goes on while its client sends a body that nobody wants, up to maxLingerMs', async () => {
    const { connect, clock, server } = bench(path);
    const client = connect();
    expect(await client.say(post('Content-Length: 50000000\r\n'))).toBe(ok('/', 'Connection: close\r\n'));
    for (let second = 0; second < 29; second++) {
      clock.advance(1000);
      await client.say(new Uint8Array(1_000_000));
      expect(client.channel.pendingBytes).toBe(0);
    }
    expect(server.connections).toBe(1);
    clock.advance(1000);
    await turns();
    expect(server.connections).toBe(0);
  });

  it('ends lingerTimeoutMs after the last byte of its client', async () => {
    const { connect, clock, server } = bench(path);
    const client = connect();
    await client.say(post('Content-Length: 50000000\r\n'));
    clock.advance(1500);
    await client.say('x');
    clock.advance(1999);
    await turns();
    expect(server.connections).toBe(1);
    clock.advance(1);
    await turns();
    expect(server.connections).toBe(0);
  });

  it('stops reading after maxLingerBytes, and waits for the client to go', async () => {
    const { connect, clock, server } = bench(path, { limits: { maxLingerBytes: 1000, maxDiscardedBytes: 1 } });
    const client = connect();
    expect(await client.say(post('Content-Length: 100000\r\n'))).toBe(ok('/', 'Connection: close\r\n'));
    await client.say(new Uint8Array(1001));
    await client.say(new Uint8Array(5000));
    expect(client.channel.pendingBytes).toBe(5000);
    clock.advance(2000);
    await turns();
    expect(server.connections).toBe(0);
  });
});

describe('limits of the head', () => {
  it.each([
    ['maxRequestLineBytes', { maxRequestLineBytes: 20 }, 'GET /0 HTTP/1.1\r\n', 'GET /01234 HTTP/1.1\r\n', 414],
    ['maxHeaderCount', { maxHeaderCount: 2 }, 'GET / HTTP/1.1\r\nA: b\r\n', 'GET / HTTP/1.1\r\nA: b\r\nC: d\r\n', 431],
    [
      'maxHeadersBytes',
      { maxHeadersBytes: 39 },
      'GET / HTTP/1.1\r\nA: 1234567\r\n',
      'GET / HTTP/1.1\r\nA: 12345678\r\n',
      431,
    ],
  ])('%s', async (_name, limits, good, bad, status) => {
    const { connect, protocolErrors } = bench(path, { limits });
    expect(await connect().say(`${good}Host: a\r\n\r\n`)).toContain('200 OK');
    const client = connect();
    expect(await client.say(`${bad}Host: a\r\n\r\n`)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(client.hasEnded).toBe(true);
    expect(protocolErrors).toMatchObject([{ status }]);
  });

  it.each([
    [{ maxHeaderCount: -1 }],
    [{ rateGraceMs: null }],
    [{ keepAliveTimeoutMs: 0 }],
    [{ maxHeadersBytes: 1.5 }],
    [{ keepaliveTimeout: 5 }],
  ])('%j is refused when the server is made', (limits) => {
    expect(() => bench(path, { limits: limits as never })).toThrow(
      expect.objectContaining({ code: 'SERVER_LIMIT_INVALID' }),
    );
  });
});

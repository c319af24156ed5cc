import {
  type BodySink,
  type Handler,
  type HttpContext,
  HttpError,
  type PushBody,
  type ReadBody,
} from '@windhover/core';
import { splitEverywhere } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createServer } from '../src/index.ts';
import { bench, gate, get, ok, path, post, turns } from './talk.ts';

describe('keep-alive', () => {
  it('answers one request after the other on a connection', async () => {
    const client = bench(path).connect();
    expect(await client.say(get('/1'))).toBe(ok('/1'));
    expect(await client.say(get('/2'))).toBe(ok('/2'));
    expect(client.hasEnded).toBe(false);
  });

  it('closes when the client asks for it', async () => {
    const client = bench(path).connect();
    expect(await client.say(get('/', 'Connection: close\r\n'))).toBe(ok('/', 'Connection: close\r\n'));
    expect(client.hasEnded).toBe(true);
  });

  it('closes when the answer wants it', async () => {
    const client = bench((context) => {
      context.response.closeConnection = context.request.path === '/last';
      return path(context);
    }).connect();
    expect(await client.say(get('/1') + get('/last') + get('/3'))).toBe(
      ok('/1') + ok('/last', 'Connection: close\r\n'),
    );
    expect(client.hasEnded).toBe(true);
  });

  it.each([
    ['HTTP/1.0', '', 'Connection: close\r\n', true],
    ['HTTP/1.0', 'Connection: keep-alive\r\n', 'Connection: keep-alive\r\n', false],
  ])('%s %j is answered with %j', async (version, headers, line, hasEnded) => {
    const client = bench(path).connect();
    expect(await client.say(`GET / ${version}\r\n${headers}\r\n`)).toBe(ok('/', line));
    expect(client.hasEnded).toBe(hasEnded);
  });
});

describe('bytes that never change', () => {
  const fixedBody = (text: string): ReadBody => {
    const bytes = Buffer.from(text, 'latin1');
    return { length: bytes.byteLength, fixed: { bytes, kept: undefined }, read: () => 0, close: () => undefined };
  };

  it('are sent with each head, as often as they are asked for', async () => {
    const body = fixedBody('caf\xe9');
    const client = bench(({ request, response }) => {
      if (request.path === '/other') response.headers.set('X-Other', '1');
      response.body = body;
    }).connect();
    const usual = ok('caf\xe9').replace(': 5', ': 4'); // ok() counts the bytes of UTF-8
    for (const target of ['/', '/', '/', '/other', '/other', '/other', '/'])
      expect(await client.say(get(target))).toBe(target === '/' ? usual : usual.replace('\r\n', '\r\nX-Other: 1\r\n'));
  });

  it('have no body in an answer to HEAD', async () => {
    const body = fixedBody('four');
    const client = bench(({ response }) => {
      response.body = body;
    }).connect();
    for (let round = 0; round < 3; round++)
      expect(await client.say('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe(ok('four').replace('four', ''));
  });
});

describe('pipelining', () => {
  it('answers in order, and sends answers of the same turn in one piece', async () => {
    const client = bench(path).connect();
    expect(await client.say(get('/1') + get('/2') + get('/3'))).toBe(ok('/1') + ok('/2') + ok('/3'));
    expect(client.pieces).toBeLessThanOrEqual(3); // one per answer in memory, one system call over a socket
  });

  it('keeps the order when the first answer takes longer', async () => {
    const first = gate();
    const client = bench(async (context) => {
      if (context.request.path === '/1') await first.opened;
      await path(context);
    }).connect();
    expect(await client.say(get('/1') + get('/2') + get('/3'))).toBe('');
    first.open();
    expect(await client.hear()).toBe(ok('/1') + ok('/2') + ok('/3'));
  });

  it.each(['synchronous', 'asynchronous'])(
    'answers 1000 %s requests, 64 in one turn of the event loop',
    async (kind) => {
      let inTurn = 0;
      let most = 0;
      const order: string[] = [];
      const { connect } = bench((context) => {
        inTurn += 1;
        most = Math.max(most, inTurn);
        order.push(context.request.path);
        return kind === 'synchronous' ? path(context) : Promise.resolve().then(() => path(context));
      });
      const busy = connect();
      const other = connect();
      const all = Array.from({ length: 1000 }, (_, index) => get(`/${index}`)).join('');
      busy.channel.write(all);
      other.channel.write(get('/other'));
      for (let turn = 0; turn < 40; turn++) {
        inTurn = 0;
        await turns(1);
      }
      expect(busy.text.match(/HTTP\/1\.1 200/g)?.length).toBe(1000);
      expect(most).toBeLessThanOrEqual(65);
      expect(order.indexOf('/other')).toBeLessThanOrEqual(64);
      expect(order.filter((each) => each !== '/other')).toEqual(
        Array.from({ length: 1000 }, (_, index) => `/${index}`),
      );
    },
  );

  it('gives every head its own time: a steady stream of requests is not one slow head', async () => {
    const { connect, clock, protocolErrors } = bench(path);
    const client = connect();
    const bytes = get('/');
    await client.say(bytes.slice(0, 10));
    for (let round = 0; round < 10; round++) {
      clock.advance(20_000);
      expect(await client.say(bytes.slice(10) + bytes.slice(0, 10))).toBe(ok('/'));
    }
    expect(protocolErrors).toEqual([]);
  });
});

it('answers the same wherever the bytes of the requests are split', async () => {
  const body = '5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nx-sum: 1\r\n\r\n';
  const bytes = post('Transfer-Encoding: chunked\r\n', body) + post('Content-Length: 3\r\n', 'abc') + get('/last');
  await splitEverywhere(bytes, async (chunks) => {
    const client = bench(async ({ request, response }) => {
      response.status = 200;
      response.body = `${request.path} ${await request.body.text()} ${request.body.trailers?.get('x-sum') ?? '-'}`;
    }).connect();
    for (const chunk of chunks) {
      client.channel.write(chunk);
      await turns(1);
    }
    expect(await client.hear()).toBe(ok('/ hello world 1') + ok('/ abc -') + ok('/last  -'));
  });
});

describe('framing', () => {
  it('sends no body and no length with 204, and none with 304 beside what was declared', async () => {
    const client = bench(({ request, response }) => {
      response.status = Number(request.path.slice(1));
      response.body = 'ignored';
      if (response.status === 304) response.declaredLength = 42;
    }).connect();
    expect(await client.say(get('/204'))).toBe('HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n');
    expect(await client.say(get('/304'))).toBe('HTTP/1.1 304 Not Modified\r\nDate: D\r\nContent-Length: 42\r\n\r\n');
    expect(await client.say(get('/205'))).toBe('HTTP/1.1 205 Reset Content\r\nDate: D\r\nContent-Length: 0\r\n\r\n');
  });

  it('answers HEAD with the head of a GET', async () => {
    let closed = 0;
    const client = bench(({ request, response }) => {
      response.status = 200;
      if (request.path === '/text') response.body = 'héllo';
      if (request.path === '/declared') response.declaredLength = 7;
      if (request.path === '/stream') response.body = chunks([]);
      if (request.path === '/file') response.body = { length: 9, read: () => 0, close: () => closed++ };
    }).connect();
    const head = (name: string): string => `HEAD /${name} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const plain = 'HTTP/1.1 200 OK\r\nDate: D\r\n';
    expect(await client.say(head('text'))).toBe(`${plain}Content-Length: 6\r\n\r\n`);
    expect(await client.say(head('declared'))).toBe(`${plain}Content-Length: 7\r\n\r\n`);
    expect(await client.say(head('stream'))).toBe(`${plain}Transfer-Encoding: chunked\r\n\r\n`);
    expect(await client.say(head('file'))).toBe(`${plain}Content-Length: 9\r\n\r\n`);
    expect(await client.say(head('nothing'))).toBe(`${plain}Content-Length: 0\r\n\r\n`);
    expect(closed).toBe(1);
  });

  it('sends text as UTF-8, header values as latin1, bytes as they are', async () => {
    const bytes = Uint8Array.of(0, 200, 255);
    const client = bench(({ request, response }) => {
      response.status = 200;
      response.headers.set('X-Name', 'J\u00fcrgen');
      response.body = request.path === '/bytes' ? bytes : 'J\u00fcrgen \u{1f600}';
    }).connect();
    const head = (length: number): string =>
      `HTTP/1.1 200 OK\r\nX-Name: J\u00fcrgen\r\nDate: D\r\nContent-Length: ${length}\r\n\r\n`;
    expect(await client.say(get())).toBe(head(12) + Buffer.from('Jürgen 😀').toString('latin1'));
    for (let round = 0; round < 2; round++) {
      expect(await client.say(get('/bytes'))).toBe(`${head(3)}\x00\xc8\xff`); // a body may be one value for all requests
    }
  });

  it('gives an answer without a status 200, or 404 if nobody has answered', async () => {
    const client = bench(({ request, response }) => {
      if (request.path === '/body') response.body = 'hello';
    }).connect();
    expect(await client.say(get('/body'))).toBe(ok('hello'));
    expect(await client.say(get('/nobody'))).toMatch(/^HTTP\/1\.1 404 Not Found\r\n(?:.*\r\n)*\r\nNot Found\n$/);
  });

  it.each([
    ['', 'Connection: upgrade\r\n'],
    ['Connection: close\r\n', 'Connection: upgrade, close\r\n'],
  ])('names an offered upgrade in Connection too (RFC 9110 §7.8, §15.5.22), asked with %j', async (asked, said) => {
    const { connect } = bench(() => {
      throw new HttpError(426, 'TEST_UPGRADE', 'Speak websocket', { headers: { Upgrade: 'websocket' } });
    });
    expect(await connect().say(get('/', asked))).toBe(
      'HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Type: text/plain; charset=utf-8\r\nDate: D\r\n' +
        `Content-Length: 16\r\n${said}\r\nSpeak websocket\n`,
    );
  });

  it('announces trailers where the handler says so', async () => {
    const client = bench(({ response }) => {
      response.headers.set('Trailer', 'X-Sum');
      response.body = chunks(['a']);
      response.trailers = () => ({ 'X-Sum': '1' });
    }).connect();
    expect(await client.say(get())).toBe(
      'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
  });

  it('adds no Date beside the one of the handler', async () => {
    const client = bench(({ response }) => {
      response.status = 200;
      response.headers.set('Date', 'Thu, 01 Jan 1970 00:00:00 GMT');
    }).connect();
    expect((await client.say(get())).match(/Date/g)).toEqual(['Date']);
  });

  it('sends a stream of known length as it is, another in chunks with its trailers', async () => {
    const client = bench(({ request, response }) => {
      response.status = 200;
      response.body = chunks(['hello ', '', 'world']);
      if (request.path === '/known') response.declaredLength = 11;
      response.trailers = () => ({ 'X-Sum': '1' });
    }).connect();
    expect(await client.say(get('/known'))).toBe(ok('hello world'));
    expect(await client.say(get('/unknown'))).toBe(
      'HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
  });

  it('lets the close end a body of unknown length for an HTTP/1.0 client', async () => {
    const client = bench(({ response }) => {
      response.status = 200;
      response.body = chunks(['hello ', 'world']);
    }).connect();
    const answer = await client.say('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    expect(answer).toBe('HTTP/1.1 200 OK\r\nDate: D\r\nConnection: close\r\n\r\nhello world');
    expect(client.hasEnded).toBe(true);
  });

  it('sends a large text and large bytes whole', async () => {
    const large = 'x'.repeat(300_000);
    const { connect, outcomes } = bench(({ request, response }) => {
      response.status = 200;
      response.body = request.path === '/text' ? large : Buffer.from(large);
    });
    const client = connect();
    for (const name of ['/text', '/bytes']) {
      await client.channel.write(get(name));
      await turns(60);
      expect((await client.hear()) === ok(large)).toBe(true);
    }
    expect(outcomes.map(({ bytesSent, end }) => [bytesSent, end])).toEqual([
      [300_000, 'complete'],
      [300_000, 'complete'],
    ]);
  });
});

describe('interim answers', () => {
  it('sends 103 at once and the answer afterwards', async () => {
    const later = gate();
    const client = bench(async (context) => {
      context.inform(103, { Link: '</a.css>; rel=preload' });
      await later.opened;
      await path(context);
    }).connect();
    expect(await client.say(get())).toBe('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n');
    later.open();
    expect(await client.hear()).toBe(ok('/'));
  });

  it('sends none to an HTTP/1.0 client', async () => {
    const client = bench((context) => {
      context.inform(103, {});
      return path(context);
    }).connect();
    expect(await client.say('GET / HTTP/1.0\r\n\r\n')).toBe(ok('/', 'Connection: close\r\n'));
  });
});

describe('backpressure', () => {
  it('stops a push body and a file while the client does not read', async () => {
    let made = 0;
    let pauses = 0;
    const endless: PushBody = endlessBody(
      () => made++,
      () => pauses++,
    );
    const reads: number[] = [];
    const file: ReadBody = {
      length: 10_000_000,
      read: (into, position) => {
        reads.push(position);
        return into.length;
      },
      close: () => undefined,
    };
    const { connect } = bench(({ request, response }) => {
      response.status = 200;
      response.body = request.path === '/file' ? file : endless;
    });
    for (const name of ['/push', '/file']) {
      const client = connect();
      client.channel.pause();
      await client.say(get(name));
    }
    expect(made).toBeLessThan(10);
    expect(reads.length).toBeLessThan(5);
  });
});

async function* chunks(texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

/** Pushes 16 KiB again and again until it is told to wait. */
function endlessBody(onChunk: () => void, onPause: () => void): PushBody {
  let sink: BodySink | null = null;
  const push = (): void => {
    for (;;) {
      onChunk();
      if (sink?.write(new Uint8Array(16_384)) !== true) break;
    }
    onPause();
  };
  return {
    length: null,
    start: (to) => {
      sink = to;
      push();
    },
    pause: onPause,
    resume: push,
    cancel: () => {
      sink = null;
    },
  };
}

describe('an answer that is not quite one', () => {
  it('is a 200 when it has a body and no status', async () => {
    const client = bench(({ response }) => {
      response.body = 'hi';
    }).connect();
    expect(await client.say(get())).toBe(ok('hi'));
  });

  it.each([[{ a: 1 }], [5], [['x']], [Promise.resolve('x')]])(
    'is a 500 while it still can be, for the body %j',
    async (body) => {
      const { connect, logged } = bench(({ response }) => {
        response.status = 200;
        response.body = body as unknown as string;
      });
      expect(await connect().say(get())).toMatch(/^HTTP\/1\.1 500 /);
      expect(logged).toEqual([expect.objectContaining({ level: 'error' })]);
    },
  );

  it('cannot come from a value that is not a handler', () => {
    expect(() => createServer(undefined as unknown as Handler<HttpContext>)).toThrow(
      expect.objectContaining({ code: 'SERVER_HANDLER_INVALID' }),
    );
  });
});

describe('response.drop()', () => {
  const dropping = ({ request, response }: HttpContext): void => {
    response.body = request.path;
    if (request.path === '/bad') response.drop();
  };

  it('resets a connection that has sent nothing', async () => {
    const { connect, outcomes, logged } = bench(dropping);
    const client = connect();
    client.send(get('/bad') + get('/never'));
    await turns();
    expect([client.text, client.isClosed, client.error]).toMatchObject(['', true, { code: 'ECONNRESET' }]);
    expect(outcomes).toMatchObject([{ status: 444, end: 'complete', error: { code: 'SERVER_DROPPED' } }]);
    expect(logged).toEqual([]);
  });

  it('closes a connection after the answers before, of which nothing is lost', async () => {
    const { connect, outcomes } = bench(dropping);
    const client = connect();
    client.send(get('/good') + get('/bad') + get('/never'));
    expect(await client.hear()).toBe(ok('/good'));
    expect([client.hasEnded, client.error]).toEqual([true, undefined]);
    expect(outcomes).toMatchObject([
      { status: 200 },
      { status: 444, end: 'complete', error: { code: 'SERVER_DROPPED' } },
    ]);
  });

  it('is taken back by an error that comes after it', async () => {
    const client = bench(({ response }) => {
      response.drop();
      throw new HttpError(403, 'NO', 'No');
    }).connect();
    expect(await client.say(get('/'))).toContain('HTTP/1.1 403 ');
  });
});

import { type BodySink, HttpHeaders, type PushBody, RequestBody, toPushBody } from '@windhover/core';
import { createManualClock } from '@windhover/testing';
import { poisonLentBytes } from '@windhover/transport/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ClientError, type ClientResponse, createHttpClient, type HttpClient } from '../src/index.ts';
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts';

beforeAll(() => poisonLentBytes(true));
afterAll(() => poisonLentBytes(false));

let upstream: RawUpstream;
let client: HttpClient;

afterEach(async () => {
  client.close();
  await upstream.close();
});

async function start(
  onRequest: Parameters<typeof startRawUpstream>[0],
  options?: Parameters<typeof createHttpClient>[0],
): Promise<void> {
  upstream = await startRawUpstream(onRequest);
  client = createHttpClient(options);
}

const get = (target = '/') => client.request(upstream.origin, { method: 'GET', target }).response;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('createHttpClient()', () => {
  it('sends a request as it is written and reads the answer', async () => {
    await start((socket) => socket.write('HTTP/1.1 203 Fine\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello'));
    const fields = new HttpHeaders({ Accept: '*/*', 'X-Two': ['a', 'b'] }).fields;
    const response = await client.request(upstream.origin, { method: 'GET', target: '/a?b', fields }).response;
    expect(response.status).toBe(203);
    expect(response.statusText).toBe('Fine');
    expect(response.headers.get('x-one')).toBe('1');
    expect(await text(response)).toBe('hello');
    const host = `127.0.0.1:${upstream.port}`;
    expect(upstream.received[0]).toBe(
      `GET /a?b HTTP/1.1\r\nHost: ${host}\r\nAccept: */*\r\nX-Two: a\r\nX-Two: b\r\n\r\n`,
    );
  });

  it('uses a connection again when both sides are complete, and opens another one beside it', async () => {
    await start((socket) => socket.write(ok));
    await text(await get());
    await text(await get());
    expect(upstream.sockets).toHaveLength(1);
    await Promise.all([get(), get()].map(async (response) => text(await response)));
    expect(upstream.sockets).toHaveLength(2);
  });

  it('keeps as many connections as a burst needed', async () => {
    await start((socket) => socket.write(ok));
    const burst = async (): Promise<unknown> => Promise.all(Array.from({ length: 64 }, async () => text(await get())));
    await burst();
    await burst();
    expect(upstream.sockets).toHaveLength(64);
  });

  it.each([
    ['it says Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
    ['it is HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['bytes follow that nobody asked for', `${ok}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`],
  ])('does not use a connection again when %s', async (_name, answer) => {
    await start((socket) => socket.write(answer));
    expect(await text(await get())).toBe('ok');
    expect(await text(await get())).toBe('ok');
    expect(upstream.sockets).toHaveLength(2);
  });

  it('closes a kept connection on which bytes arrive unasked (response queue poisoning)', async () => {
    await start((socket) => socket.write(ok));
    await text(await get());
    upstream.sockets[0]!.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
    await upstream.until(() => upstream.sockets[0]!.destroyed || upstream.sockets[0]!.readableEnded);
    expect(await text(await get())).toBe('ok');
  });

  it('reads a body to the close of the connection, chunked bodies with trailers, and none for HEAD, 204 and 304', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\r\nuntil the end',
    ];
    let asked = 0;
    await start((socket) => {
      socket.write(answers[asked++]!);
      if (asked === 5) socket.end();
    });
    const chunked = await collect((await get()).body);
    expect(chunked).toEqual({ text: 'abc', trailers: { 'x-sum': '1' } });
    const head = await client.request(upstream.origin, { method: 'HEAD', target: '/' }).response;
    expect([await text(head), head.declaredLength]).toEqual(['', 5]);
    expect(await text(await get())).toBe('');
    const unchanged = await get();
    expect([await text(unchanged), unchanged.declaredLength]).toEqual(['', 7]);
    expect(await text(await get())).toBe('until the end');
    expect(upstream.sockets).toHaveLength(3); // after the answers that announce content and have none
  });

  it('holds a body back until somebody starts it, and pauses the connection with it', async () => {
    const body = 'x'.repeat(8 * 1024 * 1024);
    await start((socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
    const response = await get();
    const push = response.body as PushBody;
    let received = 0;
    await new Promise<void>((resolve, reject) => {
      push.start({
        write: (chunk) => {
          received += chunk.byteLength;
          setImmediate(() => push.resume());
          return false;
        },
        end: () => resolve(),
        fail: reject,
      });
    });
    expect(received).toBe(body.length);
  });

  it('streams a request body: with its length when that is known, chunked when it is not', async () => {
    await start(() => undefined);
    const known = client.request(upstream.origin, { method: 'POST', target: '/', body: 'ab' });
    await upstream.until(() => upstream.received[0]?.endsWith('\r\n\r\nab') === true);
    expect(upstream.received[0]).toContain('Content-Length: 2\r\n');
    upstream.sockets[0]!.write(ok);
    await text(await known.response);
    async function* parts(): AsyncGenerator<string> {
      yield 'one';
      yield 'three';
    }
    const unknown = client.request(upstream.origin, { method: 'DELETE', target: '/', body: parts() });
    await upstream.until(() => upstream.received[0]!.endsWith('0\r\n\r\n'));
    // A body on DELETE keeps its framing: losing it is how CVE-2026-29057 smuggled requests.
    expect(upstream.received[0]).toMatch(/Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n$/);
    upstream.sockets[0]!.write(ok);
    await text(await unknown.response);
  });

  it('closes the connection when the answer came before the request was complete (early response desync)', async () => {
    await start((socket) => socket.write(ok));
    let cancelled: Error | null = null;
    const body: PushBody = {
      length: 10,
      start: (sink) => void sink.write(Buffer.from('123')),
      pause: () => undefined,
      resume: () => undefined,
      cancel: (reason) => {
        cancelled = reason;
      },
    };
    const response = await client.request(upstream.origin, { method: 'POST', target: '/', body }).response;
    expect(await text(response)).toBe('ok');
    expect(cancelled).toBeInstanceOf(Error);
    expect(await text(await get())).toBe('ok');
    expect(upstream.sockets).toHaveLength(2);
  });

  it('sends a request again on a fresh connection when a kept one turns out to be closed', async () => {
    await start((socket, count) => {
      if (upstream.sockets.length === 1 && count === 2) socket.destroy();
      else socket.write(ok);
    });
    await text(await get());
    expect(await text(await get())).toBe('ok');
    expect(upstream.sockets).toHaveLength(2);
  });

  it('sends a request with a body again when the body was kept', async () => {
    await start((socket, count) => {
      if (upstream.sockets.length === 1 && count === 2) socket.destroy();
      else socket.write(ok);
    });
    await text(await get());
    const body = new RequestBody(toPushBody('again'));
    body.keep(100);
    const response = await client.request(upstream.origin, { method: 'PUT', target: '/', body }).response;
    expect(await text(response)).toBe('ok');
    await upstream.until(() => upstream.received[1]?.endsWith('again') === true);
  });

  it('sends a kept body again when the connection closes in the middle of it', async () => {
    await start((socket, count) => {
      if (upstream.sockets.length === 1 && count === 2) socket.destroy();
      else if (count === 1 && upstream.sockets.length === 1) socket.write(ok);
    });
    await text(await get());
    let sink!: BodySink;
    const source: PushBody = {
      length: 10,
      start: (given) => {
        sink = given;
        sink.write(Buffer.from('12345'));
      },
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => undefined,
    };
    const body = new RequestBody(source);
    body.keep(100);
    const { response } = client.request(upstream.origin, { method: 'PUT', target: '/', body });
    await upstream.until(() => upstream.received[1]?.endsWith('12345') === true);
    sink.write(Buffer.from('67890'));
    sink.end();
    await upstream.until(() => upstream.received[1]!.endsWith('\r\n\r\n1234567890'));
    upstream.sockets[1]!.write(ok);
    expect(await text(await response)).toBe('ok');
  });

  it.each(['POST', 'PATCH', 'LOCK', 'UNHEARD-OF'])(
    'never sends %s twice: it may have had its effect',
    async (method) => {
      await start((socket, count) => {
        if (count === 2) socket.destroy();
        else socket.write(ok);
      });
      await text(await get());
      const exchange = client.request(upstream.origin, { method, target: '/' });
      await expect(exchange.response).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY' });
    },
  );

  it('never sends a request twice when a byte of the answer had come', async () => {
    await start((socket, count) => {
      if (count === 1) socket.write(ok);
      else socket.end('HTTP/1.1 2');
    });
    await text(await get());
    await expect(get()).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY', stage: 'response-head' });
    expect(upstream.sockets).toHaveLength(1);
  });

  it('passes a body of tiny chunks on by the read, not by the chunk', async () => {
    const count = 20_000;
    await start((socket) => {
      const chunks = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(count)}3;a=b\r\nend\r\n0\r\n\r\n`;
      socket.write(chunks);
    });
    let writes = 0;
    let received = '';
    await new Promise<void>((resolve, reject) => {
      const write = (chunk: Uint8Array): boolean => {
        writes += 1;
        received += Buffer.from(chunk).toString('latin1');
        return true;
      };
      get().then(({ body }) => toPushBody(body).start({ write, end: () => resolve(), fail: reject }), reject);
    });
    expect(received).toBe(`${'x'.repeat(count)}end`);
    expect(writes).toBeLessThan(count / 100);
  });

  it('leaves out the trailers of a request that are barred', async () => {
    await start(() => undefined);
    const body: PushBody = {
      length: null,
      start: (sink) => {
        sink.write(Buffer.from('a'));
        sink.end({ 'X-Sum': '1', 'X-Hop': '2', 'X-Last': '3' });
      },
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => undefined,
    };
    const isTrailerBarred = (name: string): boolean => name === 'x-hop';
    const { response } = client.request(upstream.origin, { method: 'POST', target: '/', body, isTrailerBarred });
    await upstream.until(() => upstream.received[0]?.endsWith('1\r\na\r\n0\r\nX-Sum: 1\r\nX-Last: 3\r\n\r\n') === true);
    upstream.sockets[0]!.write(ok);
    await response;
  });

  it('passes 1xx answers on and reads the final one', async () => {
    const interim =
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 104 New\r\n\r\n';
    await start((socket) => socket.write(interim + ok));
    const heard: string[] = [];
    const onInform = (status: number, headers: HttpHeaders) => heard.push(`${status} ${headers.get('link')}`);
    const response = await client.request(upstream.origin, { method: 'GET', target: '/', onInform }).response;
    expect(await text(response)).toBe('ok');
    expect(heard).toEqual(['102 undefined', '103 </a>', '104 undefined']);
  });

  it('gives the connection away after 101, with the bytes that came behind the head', async () => {
    await start((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nfirst');
    });
    const request = { method: 'GET', target: '/', upgrade: 'echo' };
    const { channel, status } = await client.request(upstream.origin, request).response;
    expect(status).toBe(101);
    const heard = await new Promise<string>((resolve) => {
      const nothing = (): void => undefined;
      const data = (chunk: Uint8Array): void => resolve(Buffer.from(chunk).toString());
      channel!.attach({ data, end: nothing, drain: nothing, close: nothing });
    });
    expect(heard).toBe('first');
    channel!.write('second');
    await upstream.until(() => upstream.received[0]!.endsWith('second'));
    channel!.destroy();
  });

  it('closes the connection when it is given up, before and after the head', async () => {
    await start((socket, _count, head) => {
      if (head.startsWith('GET /body')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\npart');
    });
    const waiting = client.request(upstream.origin, { method: 'GET', target: '/' });
    await upstream.until(() => upstream.received[0] !== undefined && upstream.received[0] !== '');
    waiting.abort(new Error('enough'));
    await expect(waiting.response).rejects.toMatchObject({ code: 'CLIENT_ABORTED' });
    await upstream.until(() => upstream.sockets[0]!.readableEnded || upstream.sockets[0]!.destroyed);
    const response = await get('/body');
    (response.body as PushBody).cancel(new Error('enough'));
    await upstream.until(() => upstream.sockets[1]!.readableEnded || upstream.sockets[1]!.destroyed);
  });
});

describe('failures', () => {
  it('names the stage: connecting', async () => {
    await start(() => undefined);
    const { port } = upstream;
    await upstream.close();
    const exchange = client.request(`http://127.0.0.1:${port}`, { method: 'GET', target: '/' });
    await expect(exchange.response).rejects.toMatchObject({ code: 'CLIENT_CONNECT_FAILED', stage: 'connect' });
  });

  it.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'CLIENT_BAD_RESPONSE'],
    [
      'both framings',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n',
      'CLIENT_BAD_RESPONSE',
    ],
    ['an unfinished head', 'HTTP/1.1 200 OK\r\nX', 'CLIENT_CLOSED_EARLY'],
  ])('names the stage: %s instead of a head', async (_name, bytes, code) => {
    await start((socket) => socket.end(bytes));
    await expect(get()).rejects.toMatchObject({ code, stage: 'response-head' });
  });

  it.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\npart'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'],
  ])('fails a body with %s that is cut off: it never looks whole', async (_name, bytes) => {
    await start((socket) => socket.end(bytes));
    const response = await get();
    await expect(collect(response.body)).rejects.toMatchObject({ code: 'CLIENT_BODY_TRUNCATED' });
  });

  it('gives up after the time for the head, and after silence inside a body', async () => {
    const clock = createManualClock();
    await start(
      (socket, count) => {
        if (count === 1 && upstream.sockets.length === 1)
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\npart');
      },
      { clock, headTimeoutMs: 1000, bodyTimeoutMs: 1000 },
    );
    const response = await get();
    const body = collect(response.body);
    const silent = get();
    await upstream.until(() => upstream.received[1]?.includes('\r\n\r\n') === true);
    clock.advance(900);
    clock.advance(700);
    await expect(silent).rejects.toMatchObject({ code: 'CLIENT_HEAD_TIMEOUT' });
    await expect(body).rejects.toMatchObject({ code: 'CLIENT_BODY_TIMEOUT' });
  });

  it('closes connections that nobody used for idleTimeoutMs', async () => {
    const clock = createManualClock();
    await start((socket) => socket.write(ok), { clock, idleTimeoutMs: 1000 });
    await text(await get());
    clock.advance(1600);
    await upstream.until(() => upstream.sockets[0]!.readableEnded || upstream.sockets[0]!.destroyed);
  });

  it('does not count the time for an unused connection under the next request', async () => {
    const clock = createManualClock();
    await start((socket, count) => void (count === 1 && socket.write(ok)), { clock, idleTimeoutMs: 1000 });
    await text(await get());
    let sink!: BodySink;
    const body: PushBody = {
      length: 6,
      start: (given) => {
        sink = given;
        sink.write(Buffer.from('abc'));
      },
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => undefined,
    };
    const { response } = client.request(upstream.origin, { method: 'POST', target: '/slow', body });
    await upstream.until(() => upstream.received[0]!.endsWith('abc'));
    for (let second = 0; second < 100; second++) clock.advance(1000);
    sink.write(Buffer.from('def'));
    sink.end();
    await upstream.until(() => upstream.received[0]!.endsWith('abcdef'));
    upstream.sockets[0]!.write(ok);
    expect(await text(await response)).toBe('ok');
  });

  it('gives an upstream that says it is at work the time for the head anew', async () => {
    const clock = createManualClock();
    await start(() => undefined, { clock, headTimeoutMs: 1000 });
    const heard: number[] = [];
    const onInform = (status: number): void => void heard.push(status);
    const { response } = client.request(upstream.origin, { method: 'GET', target: '/', onInform });
    await upstream.until(() => upstream.received[0]?.endsWith('\r\n\r\n') === true);
    clock.advance(900);
    upstream.sockets[0]!.write('HTTP/1.1 102 Processing\r\n\r\n');
    while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(900);
    upstream.sockets[0]!.write(ok);
    expect(await text(await response)).toBe('ok');
  });

  it('refuses a request that cannot be written, and the next one is unharmed', async () => {
    await start((socket) => socket.write(ok));
    const bad = client.request(upstream.origin, { method: 'GET', target: '/a b\r\nX: y' });
    await expect(bad.response).rejects.toMatchObject({ code: 'CLIENT_REQUEST_INVALID' });
    expect(await text(await get())).toBe('ok');
  });

  it('fails what is under way when the client is closed', async () => {
    await start(() => undefined);
    const waiting = get();
    await upstream.until(() => upstream.received[0] !== undefined && upstream.received[0] !== '');
    client.close();
    await expect(waiting).rejects.toMatchObject({ stage: 'response-head' } satisfies Partial<ClientError>);
  });
});

async function text(response: ClientResponse): Promise<string> {
  return (await collect(response.body)).text;
}

function collect(body: PushBody | Uint8Array): Promise<{ text: string; trailers?: Record<string, string> }> {
  return new Promise((resolve, reject) => {
    let received = '';
    toPushBody(body).start({
      write: (chunk) => {
        received += Buffer.from(chunk).toString('latin1');
        return true;
      },
      end: (trailers) =>
        resolve({ text: received, ...(trailers === undefined ? {} : { trailers: names(trailers as HttpHeaders) }) }),
      fail: reject,
    });
  });
}

function names(headers: HttpHeaders): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value]));
}

import { once } from 'node:events';
import http2, { type ServerHttp2Stream } from 'node:http2';
import net from 'node:net';
import { RequestBody, toPushBody } from '@windhover/core';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { parseOrigin } from '../src/index.ts';
import { ask, cleanUps, client, hello, start, useHttp2Upstreams } from './http2-upstream.ts';
import { readBody } from './read-body.ts';

useHttp2Upstreams();

const { NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants;
const get = { method: 'GET', target: '/' };

async function textOf(stream: ServerHttp2Stream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe('a call over HTTP/2 that is given up', () => {
  it('while the connection is made is told at once, and the others go on', async () => {
    const upstream = await start(hello);
    const from = client();
    const given = from.request(upstream.origin, get);
    const other = ask(from, upstream);
    given.abort(new Error('enough'));
    await expect(given.response).rejects.toMatchObject({ code: 'CLIENT_ABORTED', message: /enough/ });
    expect(await other).toBe('hello ');
    expect(upstream.sessions).toHaveLength(1);
  });

  it('fifty times leaves its connection to those that are on it, because an upstream would end it', async () => {
    const upstream = await start((stream, headers) => {
      if (headers[':path'] === '/never') return;
      hello(stream, headers);
    });
    const from = client();
    expect(await ask(from, upstream)).toBe('hello ');
    for (let count = 0; count < 50; count++) {
      expect(upstream.sessions).toHaveLength(1);
      const call = from.request(upstream.origin, { method: 'GET', target: '/never' });
      call.abort(new Error('enough'));
      await expect(call.response).rejects.toMatchObject({ code: 'CLIENT_ABORTED' });
    }
    expect(await ask(from, upstream)).toBe('hello ');
    expect(upstream.sessions).toHaveLength(2);
  });

  it('as the last that waits for a connection gives it up, and the next call makes another one', async () => {
    const upstream = await start(hello);
    const from = client();
    const calls = [from.request(upstream.origin, get), from.request(upstream.origin, get)];
    for (const call of calls) call.abort(new Error('enough'));
    const next = ask(from, upstream);
    for (const call of calls) await expect(call.response).rejects.toMatchObject({ code: 'CLIENT_ABORTED' });
    expect(await next).toBe('hello ');
  });

  it('is told at once although the handshake never ends', async () => {
    const sockets: net.Socket[] = [];
    const silent = net
      .createServer((socket) => void sockets.push(socket.on('error', () => undefined)))
      .listen(0, '127.0.0.1');
    await once(silent, 'listening');
    cleanUps.push(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as net.AddressInfo;
    const clock = createManualClock(); // no time passes: only the abort can end the call
    const call = client({ clock }).request(parseOrigin(`https://127.0.0.1:${port}`, undefined, 'http2'), get);
    await expect.poll(() => sockets.length).toBe(1);
    call.abort(new Error('enough'));
    await expect(call.response).rejects.toMatchObject({ code: 'CLIENT_ABORTED' });
    await once(sockets[0]!.resume(), 'close'); // nobody else waits for it
  });
});

describe('a call over HTTP/2 that the upstream has not processed', () => {
  it.each([
    ['bytes', () => Buffer.from('hello')],
    ['a body that was kept', () => kept('hello', 100)],
  ])('is sent again with %s', async (_what, makeBody) => {
    const bodies: string[] = [];
    const upstream = await start((stream) => {
      if (bodies.length === 0) {
        bodies.push('refused');
        stream.close(NGHTTP2_REFUSED_STREAM);
        return;
      }
      void textOf(stream).then((text) => {
        bodies.push(text);
        stream.respond({ ':status': 200 }, { endStream: true });
      });
    });
    const { status } = await client().request(upstream.origin, { method: 'POST', target: '/', body: makeBody() })
      .response;
    expect([status, bodies]).toEqual([200, ['refused', 'hello']]);
  });

  it('fails if its body is gone', async () => {
    const upstream = await start((stream) => stream.close(NGHTTP2_REFUSED_STREAM));
    const call = client().request(upstream.origin, { method: 'PUT', target: '/', body: kept('hello', 0) });
    await expect(call.response).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY' });
  });

  it('goes to a new connection when GOAWAY leaves it out, and those before it end on theirs', async () => {
    const held: ServerHttp2Stream[] = [];
    const upstream = await start((stream) => void held.push(stream));
    const from = client();
    const first = ask(from, upstream, '/first');
    await expect.poll(() => held.length).toBe(1);
    const posted = from.request(upstream.origin, { method: 'POST', target: '/second', body: 'x' });
    await expect.poll(() => held.length).toBe(2);
    upstream.sessions[0]!.goaway(NGHTTP2_NO_ERROR, held[0]!.id!);
    await expect.poll(() => held.length).toBe(3);
    expect([held[2]!.session === upstream.sessions[1], upstream.sessions.length]).toEqual([true, 2]);
    for (const stream of [held[0]!, held[2]!]) {
      stream.respond({ ':status': 200 });
      stream.end('done');
    }
    expect(await first).toBe('done');
    expect((await readBody((await posted.response).body)).toString()).toBe('done');
  });

  it('is given up after three refusals', async () => {
    let count = 0;
    const upstream = await start((stream) => {
      count += 1;
      stream.close(NGHTTP2_REFUSED_STREAM);
    });
    await expect(client().request(upstream.origin, get).response).rejects.toMatchObject({
      code: 'CLIENT_CLOSED_EARLY',
    });
    expect(count).toBe(4);
  });
});

describe('a kept connection of HTTP/2 that is lost', () => {
  /** A way to an upstream that can be cut. */
  async function startCuttable(): Promise<{
    origin: Parameters<typeof ask>[1];
    cut: () => void;
    silence: () => void;
    count: () => number;
  }> {
    const upstream = await start((stream, headers) => {
      if (headers[':path'] !== '/never') hello(stream, headers);
    });
    const { port } = upstream.origin.address as { port: number };
    const sockets: net.Socket[] = [];
    let isCut = false;
    const silent = new Set<net.Socket>();
    const relay = net.createServer((socket) => {
      const to = net.connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => to.destroy()).on('close', () => to.destroy());
      to.on('error', () => socket.destroy()).on('data', (bytes) => silent.has(socket) || socket.write(bytes));
      socket.on('data', (bytes) => {
        if (isCut) socket.resetAndDestroy();
        else to.write(bytes);
        isCut = false;
      });
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => {
      for (const socket of sockets) socket.destroy();
      relay.close();
    });
    const address = { host: '127.0.0.1', port: (relay.address() as net.AddressInfo).port };
    return {
      origin: { ...upstream, origin: { ...upstream.origin, address } },
      cut: () => {
        isCut = true;
      },
      silence: () => void silent.add(sockets.at(-1)!),
      count: () => sockets.length,
    };
  }

  it('before anything came for a GET: it is sent again', async () => {
    const { origin, cut, count } = await startCuttable();
    const from = client();
    await ask(from, origin);
    cut();
    expect(await ask(from, origin)).toBe('hello ');
    expect(count()).toBe(2);
  });

  it('without a word: the call that waited fails, and the next has a new connection', async () => {
    const { origin, silence, count } = await startCuttable();
    const clock = createManualClock();
    const from = client({ clock, pingAfterMs: null });
    await ask(from, origin);
    silence();
    const waiting = from.request(origin.origin, get);
    const failure = expect(waiting.response).rejects.toMatchObject({ code: 'CLIENT_HEAD_TIMEOUT' });
    clock.advance(61_000);
    await failure;
    expect(await ask(from, origin)).toBe('hello ');
    expect(count()).toBe(2);
  });

  it('with a POST: it fails, because it may have had an effect', async () => {
    const { origin, cut } = await startCuttable();
    const from = client();
    await ask(from, origin);
    cut();
    const posted = from.request(origin.origin, { method: 'POST', target: '/', body: 'x' });
    await expect(posted.response).rejects.toMatchObject({ code: 'CLIENT_CLOSED_EARLY' });
  });
});

describe('the end of an answer over HTTP/2', () => {
  it('is not undone by RST_STREAM with NO_ERROR behind it (RFC 9113 §8.1)', async () => {
    const upstream = await start((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('no need to read');
      stream.on('finish', () => stream.close(NGHTTP2_NO_ERROR));
    });
    let cancelled = 0;
    const body = new RequestBody({
      ...toPushBody(null),
      length: null,
      start: (sink) => void sink.write(Buffer.alloc(1000)),
      pause: () => undefined,
      resume: () => undefined,
      cancel: () => {
        cancelled += 1;
      },
    });
    const answer = await client().request(upstream.origin, { method: 'POST', target: '/', body }).response;
    expect((await readBody(answer.body)).toString()).toBe('no need to read');
    await expect.poll(() => cancelled).toBe(1);
  });
});

describe('a request over HTTP/2 that expects 100', () => {
  const post = { method: 'POST', target: '/', body: 'hello', expectContinue: true };

  it('sends its body after the 100', async () => {
    const seen: unknown[] = [];
    const upstream = await start((stream, headers) => {
      seen.push(headers.expect);
      stream.additionalHeaders({ ':status': 100 });
      void textOf(stream).then((text) => {
        seen.push(text);
        stream.respond({ ':status': 200 }, { endStream: true });
      });
    });
    const clock = createManualClock(); // it does not wait for the second of silence
    const { status } = await client({ clock }).request(upstream.origin, post).response;
    expect([status, seen]).toEqual([200, ['100-continue', 'hello']]);
  });

  it('never sends its body after a final answer, and the connection lives on', async () => {
    const bytes: number[] = [];
    const upstream = await start((stream, headers) => {
      if (headers[':path'] === '/next') return hello(stream, headers);
      stream.on('data', (chunk: Buffer) => bytes.push(chunk.length));
      stream.respond({ ':status': 417 }, { endStream: true });
    });
    const from = client();
    expect((await from.request(upstream.origin, post).response).status).toBe(417);
    expect(await ask(from, upstream, '/next')).toBe('hello ');
    expect([bytes, upstream.sessions.length]).toEqual([[], 1]);
  });

  it('sends its body after a second of silence', async () => {
    const asked: string[] = [];
    const upstream = await start((stream, headers) => {
      asked.push(String(headers[':path']));
      void textOf(stream).then((text) => {
        stream.respond({ ':status': 200 });
        stream.end(text);
      });
    });
    const clock = createManualClock();
    const call = client({ clock }).request(upstream.origin, post);
    await expect.poll(() => asked).toEqual(['/']);
    clock.advance(1500);
    expect((await readBody((await call.response).body)).toString()).toBe('hello');
  });
});

function kept(text: string, maxBytes: number): RequestBody {
  const body = new RequestBody(toPushBody(text));
  if (maxBytes > 0) body.keep(maxBytes);
  return body;
}

import type { Body, RequestBody } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { bench, gate, get, ok, path, post, turns } from './talk.ts';

const close = 'Connection: close\r\n';
const error = (status: string, text: string, line = ''): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nDate: D\r\nContent-Length: ${text.length}\r\n${line}\r\n${text}`;

describe('reading', () => {
  it.each([
    ['bytes()', async (body: RequestBody) => Buffer.from(await body.bytes()).toString()],
    ['text()', (body: RequestBody) => body.text()],
    ['json()', async (body: RequestBody) => JSON.stringify(await body.json())],
    [
      'for await',
      async (body: RequestBody) => {
        let text = '';
        for await (const chunk of body) text += Buffer.from(chunk).toString();
        return text;
      },
    ],
  ])('%s gives the whole body, with a length and in chunks', async (_name, read) => {
    const client = bench(async ({ request, response }) => {
      response.status = 200;
      response.body = await read(request.body);
    }).connect();
    const text = '{"a":[1,2,3]}';
    expect(await client.say(post(`Content-Length: ${text.length}\r\n`, text))).toBe(ok(text));
    const chunked = `4\r\n${text.slice(0, 4)}\r\n9\r\n${text.slice(4)}\r\n0\r\n\r\n`;
    expect(await client.say(post('Transfer-Encoding: chunked\r\n', chunked))).toBe(ok(text));
  });

  it('gives the trailers of a chunked body', async () => {
    const client = bench(async ({ request, response }) => {
      await request.body.bytes();
      response.status = 200;
      response.body = String(request.body.trailers?.get('x-sum'));
    }).connect();
    expect(await client.say(post('Transfer-Encoding: chunked\r\n', '0\r\nX-Sum: 7\r\n\r\n'))).toBe(ok('7'));
  });

  it('sends a body back while it arrives', async () => {
    const client = bench(({ request, response }) => {
      response.status = 200;
      response.body = request.body;
    }).connect();
    expect(await client.say(post('Content-Length: 6\r\n', 'abc'))).toBe(
      'HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 6\r\n\r\nabc',
    );
    expect(await client.say('def')).toBe('def');
    expect(await client.say(get('/next'))).toContain('200 OK');
  });

  it('keeps at most 64 KiB and one chunk of a body that nobody reads, then pauses, then goes on', async () => {
    const start = gate();
    let received = 0;
    const client = bench(async ({ request, response }) => {
      await start.opened;
      for await (const chunk of request.body) received += chunk.byteLength;
      response.status = 200;
      response.body = String(received);
    }).connect();
    client.channel.write(post('Content-Length: 1000000\r\n'));
    for (let sent = 0; sent < 1_000_000; sent += 10_000) client.channel.write(new Uint8Array(10_000));
    await turns();
    expect(client.channel.pendingBytes).toBeGreaterThan(1_000_000 - 65_536 - 2 * 10_000);
    start.open();
    await turns(400);
    expect(await client.hear()).toBe(ok('1000000'));
  });

  it('fails a read that begins after the client is gone, instead of waiting for ever', async () => {
    const begin = gate();
    const failures: string[] = [];
    const client = bench(async ({ request }) => {
      await begin.opened;
      await request.body.text().catch((reason) => failures.push(reason.code));
    }).connect();
    await client.say(post('Content-Length: 6\r\n', 'abc'));
    client.channel.destroy();
    await turns();
    begin.open();
    await turns();
    expect(failures).toEqual(['SERVER_CLIENT_CLOSED']);
  });
});

describe('a body that is not read', () => {
  it('is discarded up to 256 KiB, and the connection goes on', async () => {
    const { connect } = bench(path);
    const client = connect();
    expect(await client.say(post('Content-Length: 200000\r\n'))).toBe(ok('/'));
    for (let sent = 0; sent < 200_000; sent += 50_000) await client.say(new Uint8Array(50_000));
    expect(await client.say(get('/next'))).toBe(ok('/next'));
    const chunked = '3\r\nabc\r\n0\r\n\r\n';
    expect(await client.say(post('Transfer-Encoding: chunked\r\n', chunked) + get('/2'))).toBe(ok('/') + ok('/2'));
  });

  it('closes the connection when it announces more than that', async () => {
    const { connect, clock, server } = bench(path);
    const client = connect();
    expect(await client.say(post('Content-Length: 262145\r\n'))).toBe(ok('/', close));
    expect(client.hasEnded).toBe(true);
    await client.say('x'.repeat(1000));
    clock.advance(1999);
    await turns();
    expect(server.connections).toBe(1); // it may go on sending while it reads the answer
    clock.advance(1);
    await turns();
    expect(server.connections).toBe(0);
  });

  it('closes the connection when a chunked one turns out to be larger', async () => {
    const client = bench(path).connect();
    expect(await client.say(post('Transfer-Encoding: chunked\r\n', 'FFFFFF\r\n'))).toBe(ok('/'));
    for (let sent = 0; sent <= 262_144; sent += 65_536) await client.say(new Uint8Array(65_536));
    expect(client.hasEnded).toBe(true);
  });

  it('closes the connection when the rest does not come in time', async () => {
    const { connect, clock } = bench(path);
    const client = connect();
    expect(await client.say(post('Content-Length: 10\r\n', 'abc'))).toBe(ok('/'));
    clock.advance(4999);
    await turns();
    expect(client.hasEnded).toBe(false);
    clock.advance(1);
    await turns();
    expect(client.hasEnded).toBe(true);
  });

  it('cannot be read after the answer', async () => {
    const failures: string[] = [];
    const read: Promise<unknown>[] = [];
    const { connect } = bench(({ request, response }) => {
      response.status = 200;
      read.push(new Promise((resolve) => setImmediate(resolve)).then(() => request.body.text()));
      read.at(-1)!.catch((reason) => failures.push(reason.code));
    });
    await connect().say(post('Content-Length: 10\r\n', 'abc'));
    expect(failures).toEqual(['SERVER_BODY_UNREAD']);
  });
});

describe('a body that is too large', () => {
  const limits = { maxRequestBodyBytes: 10 };
  const read: Parameters<typeof bench>[0] = async ({ request, response }) => {
    response.body = await request.body.text();
    response.status = 200;
  };
  const message = 'The request body is larger than allowed: at most 10 bytes are accepted here\n';

  it('is 413 by its announcement, and small ones do not cost the connection', async () => {
    const client = bench(read, { limits }).connect();
    expect(await client.say(post('Content-Length: 11\r\n', 'x'.repeat(11)))).toBe(
      error('413 Content Too Large', message),
    );
    expect(await client.say(post('Content-Length: 10\r\n', '0123456789'))).toBe(ok('0123456789'));
  });

  it('is 413 by its count when it comes in chunks, and the last answer: nobody knows how much more comes', async () => {
    const client = bench(read, { limits }).connect();
    const chunked = '6\r\nabcdef\r\n6\r\nabcdef\r\n';
    expect(await client.say(post('Transfer-Encoding: chunked\r\n', chunked))).toBe(
      error('413 Content Too Large', message, close),
    );
    expect(client.hasEnded).toBe(true);
    expect(await client.say(`0\r\n\r\n${post('Content-Length: 2\r\n', 'ok')}`)).toBe('');
  });

  it('closes the connection when the rest is not worth reading', async () => {
    const client = bench(read, { limits }).connect();
    expect(await client.say(post('Content-Length: 9999999\r\n'))).toBe(error('413 Content Too Large', message, close));
    expect(client.hasEnded).toBe(true);
  });

  it('stops reading a refused body while the handler still thinks', async () => {
    const think = gate();
    const client = bench(
      async ({ request, response }) => {
        await request.body.text().catch(() => think.opened);
        response.status = 200;
      },
      { limits },
    ).connect();
    client.channel.write(post('Transfer-Encoding: chunked\r\n', 'FFFFFFF\r\n'));
    for (let sent = 0; sent < 2_000_000; sent += 50_000) client.channel.write(new Uint8Array(50_000));
    await turns(60);
    expect(client.channel.pendingBytes).toBeGreaterThan(1_000_000);
    think.open();
    expect(await client.hear()).toBe(ok('', close));
  });
});

describe('Expect: 100-continue', () => {
  const expectation = 'Expect: 100-continue\r\n';
  const go = 'HTTP/1.1 100 Continue\r\n\r\n';

  it('is answered by the first read, once', async () => {
    const begin = gate();
    const client = bench(async ({ request, response }) => {
      await begin.opened;
      response.status = 200;
      response.body = await request.body.text();
    }).connect();
    expect(await client.say(post(`${expectation}Content-Length: 3\r\n`))).toBe('');
    begin.open();
    expect(await client.hear()).toBe(go);
    expect(await client.say('a')).toBe('');
    expect(await client.say('bc')).toBe(ok('abc'));
    expect(await client.say(get('/next'))).toContain('200 OK');
  });

  it('that is never asked for closes the connection with the answer', async () => {
    const client = bench(path).connect();
    expect(await client.say(post(`${expectation}Content-Length: 3\r\n`))).toBe(ok('/', close));
    expect(client.hasEnded).toBe(true);
  });

  it('does not close it when the body came all the same and is complete', async () => {
    const client = bench(async (context) => {
      await turns(2);
      await context.request.body.text();
      return path(context);
    }).connect();
    expect(await client.say(post(`${expectation}Content-Length: 3\r\n`, 'abc'))).toBe(go + ok('/'));
    expect(client.hasEnded).toBe(false);
  });

  it('is not sent for a body that is refused by its announcement', async () => {
    const client = bench(async ({ request }) => void (await request.body.text()), {
      limits: { maxRequestBodyBytes: 2 },
    }).connect();
    const answer = await client.say(post(`${expectation}Content-Length: 3\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain(close);
  });

  it.each([
    ['as it is', (body: RequestBody): Body => body],
    ['through a generator', (body: RequestBody): Body => upperCase(body)],
  ])('is answered for a request body that becomes the response body %s', async (_how, toBody) => {
    const client = bench(({ request, response }) => {
      response.status = 200;
      response.body = toBody(request.body);
    }).connect();
    const before = await client.say(post(`${expectation}Transfer-Encoding: chunked\r\n`));
    expect(before).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(before).not.toContain(close);
    expect((await client.say('1\r\nA\r\n')) + (await client.say('1\r\nB\r\n0\r\n\r\n'))).toBe(
      '1\r\nA\r\n1\r\nB\r\n0\r\n\r\n',
    );
    expect(await client.say(get('/next'))).toContain('HTTP/1.1 200 OK');
  });

  it('is not sent for a streamed answer that has nothing to do with the body', async () => {
    const client = bench(({ response }) => {
      response.status = 200;
      response.body = upperCase([Buffer.from('x')]);
    }).connect();
    const answer = await client.say(post(`${expectation}Content-Length: 3\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain(close);
    expect(answer).toMatch(/\r\n\r\n1\r\nX\r\n0\r\n\r\n$/);
  });

  it('may be given early with inform()', async () => {
    const client = bench(async (context) => {
      context.inform(100, {});
      await context.request.body.text();
      return path(context);
    }).connect();
    expect(await client.say(post(`${expectation}Content-Length: 3\r\n`))).toBe(go);
    expect(await client.say('abc')).toBe(ok('/'));
  });
});

describe('a body in many small chunks', () => {
  const chunked = (...sizes: number[]): string =>
    post(
      'Transfer-Encoding: chunked\r\n',
      `${sizes.map((size, index) => `${size.toString(16)}\r\n${String.fromCharCode(97 + (index % 26)).repeat(size)}\r\n`).join('')}0\r\n\r\n`,
    );
  const whole = (...sizes: number[]): string =>
    sizes.map((size, index) => String.fromCharCode(97 + (index % 26)).repeat(size)).join('');

  it.each([
    ['one byte each', Array<number>(200).fill(1), 1],
    ['several bytes each', [3, 1, 7, 500, 1, 1024, 2], 1],
    ['large ones between small ones', [1, 1, 5000, 1, 1, 2000, 1, 1], 5],
  ])('that came together reaches its reader in few pieces: %s', async (_what, sizes, pieces) => {
    const got: string[] = [];
    const { connect } = bench(async (context) => {
      for await (const chunk of context.request.body) got.push(Buffer.from(chunk).toString('latin1'));
      return path(context);
    });
    expect(await connect().say(chunked(...sizes) + get('/next'))).toBe(ok('/') + ok('/next'));
    expect(got.join('')).toBe(whole(...sizes));
    expect(got.length).toBe(pieces);
  });

  it('is whole for a reader that takes its time, although the client has sent its end', async () => {
    const begin = gate();
    const got: string[] = [];
    const { connect } = bench(
      async (context) => {
        for await (const chunk of context.request.body) {
          got.push(Buffer.from(chunk).toString('latin1'));
          await begin.opened;
        }
        return path(context);
      },
      { halfClose: 'allow' },
    );
    const client = connect();
    client.channel.write(chunked(1, 1, 5000, 70_000, 1, 2000, 1));
    client.channel.end();
    await turns();
    begin.open();
    expect(await client.hear()).toBe(ok('/'));
    expect(got.join('') === whole(1, 1, 5000, 70_000, 1, 2000, 1)).toBe(true);
  });

  it('has given what came in front of a fault to its reader', async () => {
    const got: string[] = [];
    const { connect } = bench(async ({ request }) => {
      for await (const chunk of request.body) got.push(Buffer.from(chunk).toString('latin1'));
    });
    const sent = post('Transfer-Encoding: chunked\r\n', '1\r\na\r\n1\r\nb\r\nx');
    expect(await connect().say(sent)).toMatch(/^HTTP\/1\.1 400 /);
    expect(got.join('')).toBe('ab');
  });

  it('is read right wherever the network cuts it', async () => {
    const { connect } = bench(async ({ request, response }) => void (response.body = await request.body.text()));
    const sent = chunked(1, 2, 3);
    for (let cut = 1; cut < sent.length; cut++) {
      const client = connect();
      const first = await client.say(sent.slice(0, cut));
      expect(first + (await client.say(sent.slice(cut) + get()))).toContain('\r\n\r\nabbccc');
    }
  });
});

async function* upperCase(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<string> {
  for await (const chunk of body) yield Buffer.from(chunk).toString('latin1').toUpperCase();
}

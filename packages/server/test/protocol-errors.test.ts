import { describe, expect, it } from 'vitest';
import { bench, gate, get, ok, path, post, turns } from './talk.ts';

describe('a request that is refused', () => {
  it.each([
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'HTTP1_MISSING_HOST'],
    ['two Hosts', get('/', 'Host: b\r\n'), 400, 'HTTP1_REPEATED_HOST'],
    ['a Host of another grammar', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400, 'HTTP1_BAD_HOST'],
    ['a Host other than the target', 'GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'CORE_HOST_MISMATCH'],
    ['a target with NUL', get('/%00'), 400, 'CORE_TARGET_INVALID'],
    ['an encoded slash beside dots', get('/public%2F..%2Fadmin'), 400, 'CORE_TARGET_INVALID'],
    [
      'length and chunked',
      post('Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'),
      400,
      'HTTP1_LENGTH_AND_CHUNKED',
    ],
    ['another coding', post('Transfer-Encoding: gzip, chunked\r\n'), 501, 'HTTP1_UNSUPPORTED_TRANSFER_ENCODING'],
    ['an unknown expectation', post('Expect: tea\r\nContent-Length: 1\r\n'), 417, 'HTTP1_UNSUPPORTED_EXPECTATION'],
    ['a bare LF', 'GET / HTTP/1.1\nHost: a\n\n', 400, 'HTTP1_BARE_LF'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, 'HTTP1_UNSUPPORTED_VERSION'],
    ['a TLS handshake', '\x16\x03\x01\x00\x05hello', 400, 'HTTP1_TLS_ON_PLAIN_PORT'],
  ])('for %s is answered, reported, and closes the connection', async (_name, bytes, status, code) => {
    let calls = 0;
    const { connect, protocolErrors, server } = bench(() => void calls++);
    const client = connect();
    const answer = await client.say(bytes + get('/hidden'));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\nConnection: close\\r\\n\\r\\n.+\\n$`));
    expect(answer.match(/HTTP\/1\.1 \d/g)?.length).toBe(1);
    const length = Number(/Content-Length: (\d+)/.exec(answer)?.[1]);
    expect(answer.length - answer.indexOf('\r\n\r\n') - 4).toBe(length);
    expect(client.hasEnded).toBe(true);
    expect(protocolErrors.map((error) => [error.code, error.status])).toEqual([[code, status]]);
    expect(calls).toBe(0);
    client.channel.end();
    await turns();
    expect(server.connections).toBe(0);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no listener');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('no listener');
      },
    ],
  ])('is answered though who should hear of it %s', async (_how, onProtocolError) => {
    const { connect, logged } = bench(path, { onProtocolError });
    expect(await connect().say('GET / HTTP/1.1\r\n\r\n')).toContain('400 Bad Request');
    expect(logged).toMatchObject([{ level: 'error', message: 'onProtocolError failed' }]);
  });

  it('has no body in its answer to HEAD', async () => {
    const answer = await bench(path).connect().say('HEAD /%00 HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
  });

  it('comes after the answers before it', async () => {
    const client = bench(path).connect();
    expect(await client.say(`${get('/1')}BAD\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\/1HTTP\/1\.1 400 /);
  });

  it('waits for the answer before it', async () => {
    const later = gate();
    const client = bench(async (context) => {
      await later.opened;
      return path(context);
    }).connect();
    expect(await client.say(`${get('/1')}BAD\r\n\r\n`)).toBe('');
    later.open();
    expect(await client.hear()).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\/1HTTP\/1\.1 400 /);
  });
});

describe('a body that is malformed', () => {
  const chunked = 'Transfer-Encoding: chunked\r\n';

  it('is a 400 of the handler that reads it, and closes', async () => {
    const { connect, protocolErrors, outcomes, logged } = bench(async (context) => {
      await context.request.body.text();
      return path(context);
    });
    const client = connect();
    const answer = await client.say(post(chunked, '3\r\nabc\r\nxyz\r\n') + get('/hidden'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*Connection: close\r\n\r\n/);
    expect(answer.match(/HTTP\/1\.1 \d/g)?.length).toBe(1);
    expect(client.hasEnded).toBe(true);
    expect(protocolErrors).toMatchObject([{ code: 'HTTP1_BAD_CHUNK_SIZE', status: 400 }]);
    expect(outcomes).toMatchObject([{ status: 400, end: 'complete' }]);
    expect(logged).toEqual([]);
  });

  it('gives no second answer when the first is complete, and is reported with the status of the first', async () => {
    const { connect, protocolErrors } = bench(path);
    const client = connect();
    expect(await client.say(post(chunked, 'xyz\r\n') + get('/hidden'))).toBe(ok('/'));
    expect(client.hasEnded).toBe(true);
    expect(protocolErrors).toMatchObject([{ code: 'HTTP1_BAD_CHUNK_SIZE', status: 200 }]);
  });

  it('is reported with the status that the handler chose, as soon as it is known', async () => {
    const think = gate();
    const { connect, protocolErrors } = bench(async ({ request, response }) => {
      await request.body.text().catch(() => think.opened);
      response.status = 422;
    });
    const client = connect();
    await client.say(post(chunked, 'xyz\r\n'));
    expect(protocolErrors).toEqual([]);
    think.open();
    expect(await client.hear()).toMatch(/^HTTP\/1\.1 422 /);
    expect(protocolErrors).toMatchObject([{ code: 'HTTP1_BAD_CHUNK_SIZE', status: 422 }]);
  });

  it('is reported with status 0 when the client left before an answer', async () => {
    const { connect, protocolErrors } = bench(async ({ request }) => {
      await request.body.text().catch(() => new Promise(() => undefined));
    });
    const client = connect();
    await client.say(post(chunked, 'xyz\r\n'));
    client.channel.reset();
    await turns();
    expect(protocolErrors).toMatchObject([{ code: 'HTTP1_BAD_CHUNK_SIZE', status: 0 }]);
  });

  it('cuts an answer that sends it back', async () => {
    const { connect, outcomes, protocolErrors } = bench(({ request, response }) => {
      response.status = 200;
      response.body = request.body;
    });
    const client = connect();
    await client.say(post(chunked, '3\r\nabc\r\n'));
    await client.say('xyz\r\n');
    expect(protocolErrors).toMatchObject([{ code: 'HTTP1_BAD_CHUNK_SIZE', status: 200 }]);
    expect(client.text).not.toContain('0\r\n\r\n');
    expect(client.isClosed).toBe(true);
    expect(outcomes).toMatchObject([{ end: 'handler-failed', status: 200 }]);
  });

  it('lets an answer of its own finish, and closes', async () => {
    const finish = gate();
    const { connect } = bench(({ request, response }) => {
      request.body.text().catch(() => undefined);
      response.status = 200;
      response.body = (async function* () {
        yield 'a';
        await finish.opened;
        yield 'b';
      })();
    });
    const client = connect();
    await client.say(post(chunked, 'xyz\r\n') + get('/hidden'));
    finish.open();
    expect((await client.hear()).endsWith('1\r\nb\r\n0\r\n\r\n')).toBe(true);
    expect(client.hasEnded).toBe(true);
  });
});

it.each([
  'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
  '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c0123456789ab',
])('says of a PROXY header that a proxy sends it: %j', async (bytes) => {
  const { connect, protocolErrors } = bench(() => undefined);
  expect(await connect().say(bytes)).toContain('400 Bad Request');
  expect(protocolErrors[0]!.message).toContain('it is a PROXY header');
  const later = connect();
  await later.say(`${get('/')}${bytes}`);
  expect(protocolErrors[1]!.message).not.toContain('PROXY header');
});

it('reports a head that the client did not finish, and answers nothing', async () => {
  const { connect, protocolErrors } = bench(path);
  const client = connect();
  client.channel.write('GET / HT');
  client.channel.end();
  expect(await client.hear()).toBe('');
  expect(client.isClosed).toBe(true);
  expect(protocolErrors).toMatchObject([{ code: 'HTTP1_TRUNCATED_HEAD', status: 0 }]);
});

it('ignores an upgrade to h2c', async () => {
  const client = bench(({ request, response }) => {
    response.status = 200;
    response.body = String(request.upgrade);
  }).connect();
  const headers = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
  expect(await client.say(get('/', headers))).toBe(ok('null'));
});

import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import express, { type Request, type Response } from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askHttp2, connectHttp2, readHttp2 } from '../../../scripts/lib/ask-http2.ts';
import { type Host, onWindhover } from './hosts.ts';

function makeApp(): express.Express {
  const app = express();
  app.get('/facts', (request, response) => {
    const { connection, ...headers } = request.headers;
    response.json({
      version: [request.httpVersion, request.httpVersionMajor, request.httpVersionMinor],
      host: request.hostname,
      url: request.originalUrl,
      connection,
      pseudo: Object.keys(headers).filter((name) => name.startsWith(':')),
      cookie: headers.cookie,
    });
  });
  app.post('/json', express.json(), (request, response) => void response.status(201).json({ got: request.body }));
  app.post('/echo', (request, response) => void request.pipe(response));
  app.post('/trailers', (request: Request, response: Response) => {
    request.resume().on('end', () => {
      response.setHeader('Trailer', 'X-Sum');
      response.write('a');
      response.addTrailers({ 'X-Sum': String(request.trailers['x-sum']) });
      response.end('b');
    });
  });
  app.get('/hop', (_request, response) => {
    response.setHeader('Connection', 'close');
    response.setHeader('Keep-Alive', 'timeout=5');
    response.setHeader('Transfer-Encoding', 'chunked');
    response.setHeader('X-Own', '1');
    response.end('hop');
  });
  app.get('/early', (_request, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.send('late');
  });
  app.get('/none', (_request, response) => void response.status(204).end());
  app.get('/fails', () => {
    throw new Error('no');
  });
  return app;
}

describe('Express over HTTP/2', () => {
  let host: Host;
  let session: ClientHttp2Session;
  const aborted: string[] = [];
  beforeEach(async () => {
    const app = makeApp();
    app.get('/abort', (request, response) => {
      response.write('begun');
      request.on('aborted', () => aborted.push('aborted'));
      response.on('close', () => aborted.push(`closed ${response.writableFinished}`));
    });
    app.use((error: Error, _request: Request, response: Response, _next: unknown) => {
      response.status(500).send(`handled: ${error.message}`);
    });
    host = await onWindhover(app, { http2: 'prior-knowledge' });
    session = await connectHttp2(host.port);
  });
  afterEach(() => host.close());

  it('sees the version, the host and no pseudo-fields', async () => {
    const { status, text } = await askHttp2(session, {
      ':path': '/facts?a=b',
      ':authority': 'shop.example:81',
      cookie: ['a=1', 'b=2'],
    });
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { version: ['2.0', 2, 0], host: 'shop.example', url: '/facts?a=b', pseudo: [], cookie: 'a=1; b=2' },
    ]);
  });

  it.each([{}, { 'content-length': '7' }])('parses a body with the length of %j', async (length) => {
    const head = { ':method': 'POST', ':path': '/json', 'content-type': 'application/json', ...length };
    const { status, text } = await askHttp2(session, head, '{"a":1}');
    expect([status, text]).toEqual([201, '{"got":{"a":1}}']);
  });

  it('streams both ways, more than any window', async () => {
    const body = 'abcdefghij'.repeat(100_000);
    const { text } = await askHttp2(session, { ':method': 'POST', ':path': '/echo' }, body);
    expect(text === body).toBe(true);
  });

  it('reads and writes trailers', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/trailers' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }));
    stream.end('body');
    const { text, trailers } = await readHttp2(stream);
    expect([text, trailers['x-sum']]).toEqual(['ab', '42']);
  });

  it('sends no fields of the connection', async () => {
    const { headers, text } = await askHttp2(session, { ':path': '/hop' });
    expect([text, headers['x-own']]).toEqual(['hop', '1']);
    expect(Object.keys(headers)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:connection|keep-alive|transfer-encoding|upgrade)$/)]),
    );
  });

  it('sends early hints, answers without a body, and handled errors', async () => {
    const early = await askHttp2(session, { ':path': '/early' });
    expect([early.interim, early.text]).toEqual([[103], 'late']);
    const none = await askHttp2(session, { ':path': '/none' });
    expect([none.status, none.text]).toEqual([204, '']);
    const failed = await askHttp2(session, { ':path': '/fails' });
    expect([failed.status, failed.text]).toEqual([500, 'handled: no']);
    const head = await askHttp2(session, { ':method': 'HEAD', ':path': '/facts' });
    expect([head.status, head.text, Number(head.headers['content-length']) > 10]).toEqual([200, '', true]);
  });

  it('asks a client that expects 100 for its body', async () => {
    const stream = session.request(
      { ':method': 'POST', ':path': '/echo', expect: '100-continue' },
      { endStream: false },
    );
    const answer = readHttp2(stream);
    await once(stream, 'continue');
    stream.end('hello');
    expect(await answer).toMatchObject({ status: 200, text: 'hello', interim: [100] });
  });

  it('hears that a client has reset its stream, and others go on', async () => {
    const stream = session.request({ ':path': '/abort' });
    stream.on('error', () => undefined);
    await once(stream, 'data');
    stream.close(8);
    await expect.poll(() => aborted).toEqual(['aborted', 'closed false']);
    expect((await askHttp2(session, { ':path': '/none' })).status).toBe(204);
  });
});

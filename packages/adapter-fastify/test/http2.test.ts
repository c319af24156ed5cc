import { once } from 'node:events';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { askHttp2, connectHttp2, readHttp2 } from '../../../scripts/lib/ask-http2.ts';
import { onWindhover } from './hosts.ts';

describe('Fastify over HTTP/2', () => {
  const aborted: string[] = [];

  function makeApp(): FastifyInstance {
    const app = fastify({ bodyLimit: 1000 });
    app.get('/facts', async (request) => ({
      version: request.raw.httpVersion,
      host: request.host,
      url: request.url,
      pseudo: Object.keys(request.headers).filter((name) => name.startsWith(':')),
    }));
    app.post('/json', async (request, reply) => reply.code(201).send({ got: request.body }));
    app.get('/stream', (_request, reply) => reply.send(Readable.from(['one ', 'two ', 'three'])));
    app.get('/trailers', (_request, reply) => {
      reply.trailer('x-sum', (_reply, _payload, done) => done(null, '42'));
      return reply.send('body');
    });
    app.get('/hop', (_request, reply) => reply.header('Connection', 'close').header('Keep-Alive', '1').send('hop'));
    app.get('/abort', (_request, reply) => {
      reply.raw.write('begun');
      reply.raw.on('close', () => aborted.push(`closed ${reply.raw.writableFinished}`));
    });
    return app;
  }

  it('answers as over HTTP/1.1', async () => {
    const session = await connectHttp2(await onWindhover(makeApp(), { http2: 'prior-knowledge' }));
    const facts = await askHttp2(session, { ':path': '/facts?a', ':authority': 'shop.example' });
    expect(JSON.parse(facts.text)).toEqual({ version: '2.0', host: 'shop.example', url: '/facts?a', pseudo: [] });
    for (const length of [{}, { 'content-length': '7' }]) {
      const head = { ':method': 'POST', ':path': '/json', 'content-type': 'application/json', ...length };
      const { status, text } = await askHttp2(session, head, '{"a":1}');
      expect([status, text]).toEqual([201, '{"got":{"a":1}}']);
    }
    const head = { ':method': 'POST', ':path': '/json', 'content-type': 'application/json' };
    expect((await askHttp2(session, head, JSON.stringify('x'.repeat(2000)))).status).toBe(413);
    expect((await askHttp2(session, { ':path': '/stream' })).text).toBe('one two three');
    const hop = await askHttp2(session, { ':path': '/hop' });
    expect([hop.text, hop.headers['connection'], hop.headers['keep-alive']]).toEqual(['hop', undefined, undefined]);
    const { text, trailers, headers } = await askHttp2(session, { ':path': '/trailers' });
    expect([text, trailers['x-sum'], headers['transfer-encoding']]).toEqual(['body', '42', undefined]);
  });

  it('asks a client that expects 100 for its body, and hears that another has reset its stream', async () => {
    const session = await connectHttp2(await onWindhover(makeApp(), { http2: 'prior-knowledge' }));
    const head = { ':method': 'POST', ':path': '/json', 'content-type': 'application/json', expect: '100-continue' };
    const stream = session.request(head, { endStream: false });
    const answer = readHttp2(stream);
    await once(stream, 'continue');
    stream.end('{"a":1}');
    expect(await answer).toMatchObject({ status: 201, text: '{"got":{"a":1}}' });
    const left = session.request({ ':path': '/abort' });
    left.on('error', () => undefined);
    await once(left, 'data');
    left.close(8);
    await expect.poll(() => aborted).toEqual(['closed false']);
  });
});

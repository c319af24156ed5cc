import { once } from 'node:events';
import { Hono } from 'hono';
import { stream, streamSSE } from 'hono/streaming';
import { describe, expect, it } from 'vitest';
import { askHttp2, connectHttp2, readHttp2 } from '../../../scripts/lib/ask-http2.ts';
import { type FetchEnv, fromFetch } from '../src/index.ts';
import { serve } from './fixtures.ts';

describe('Hono over HTTP/2', () => {
  const aborted: string[] = [];

  function makeApp(): Hono<{ Bindings: FetchEnv }> {
    const app = new Hono<{ Bindings: FetchEnv }>();
    app.get('/facts', (c) =>
      c.json({
        version: c.env.context.request.httpVersion,
        url: c.req.url,
        host: c.req.header('host'),
        pseudo: [...c.req.raw.headers.keys()].filter((name) => name.startsWith(':')),
      }),
    );
    app.post('/json', async (c) => c.json({ got: await c.req.json() }, 201));
    app.post('/echo', (c) => new Response(c.req.raw.body));
    app.get('/stream', (c) =>
      stream(c, async (body) => {
        for (const piece of ['one ', 'two ', 'three']) await body.write(piece);
      }),
    );
    app.get('/sse', (c) => streamSSE(c, (body) => body.writeSSE({ data: 'x', event: 'tick' })));
    app.get('/hop', () => new Response('hop', { headers: { Connection: 'close', 'Keep-Alive': '1', 'X-Own': '1' } }));
    app.get('/abort', (c) =>
      stream(c, async (body) => {
        body.onAbort(() => void aborted.push('aborted'));
        c.req.raw.signal.addEventListener('abort', () => aborted.push('signal'));
        await body.write('begun');
        await new Promise<void>((resolve) => body.onAbort(resolve));
      }),
    );
    return app;
  }

  const connect = async (): ReturnType<typeof connectHttp2> =>
    connectHttp2(Number(new URL(await serve(fromFetch(makeApp()), { http2: 'prior-knowledge' })).port));

  it('answers as over HTTP/1.1', async () => {
    const session = await connect();
    const facts = await askHttp2(session, { ':path': '/facts?a', ':authority': 'shop.example' });
    const url = 'http://shop.example/facts?a';
    expect(JSON.parse(facts.text)).toEqual({ version: '2.0', url, host: 'shop.example', pseudo: [] });
    for (const length of [{}, { 'content-length': '7' }]) {
      const head = { ':method': 'POST', ':path': '/json', 'content-type': 'application/json', ...length };
      const { status, text } = await askHttp2(session, head, '{"a":1}');
      expect([status, text]).toEqual([201, '{"got":{"a":1}}']);
    }
    const body = 'abcdefghij'.repeat(100_000);
    expect((await askHttp2(session, { ':method': 'POST', ':path': '/echo' }, body)).text === body).toBe(true);
    expect((await askHttp2(session, { ':path': '/stream' })).text).toBe('one two three');
    expect((await askHttp2(session, { ':path': '/sse' })).text).toBe('event: tick\ndata: x\n\n');
    const hop = await askHttp2(session, { ':path': '/hop' });
    expect([hop.text, hop.headers['x-own'], hop.headers['connection'], hop.headers['keep-alive']]).toEqual([
      'hop',
      '1',
      undefined,
      undefined,
    ]);
  });

  it('asks a client that expects 100 for its body, and hears that another has reset its stream', async () => {
    const session = await connect();
    const head = { ':method': 'POST', ':path': '/json', 'content-type': 'application/json', expect: '100-continue' };
    const asking = session.request(head, { endStream: false });
    const answer = readHttp2(asking);
    await once(asking, 'continue');
    asking.end('{"a":1}');
    expect(await answer).toMatchObject({ status: 201, text: '{"got":{"a":1}}' });
    const left = session.request({ ':path': '/abort' });
    left.on('error', () => undefined);
    await once(left, 'data');
    left.close(8);
    await expect.poll(() => [...aborted].sort()).toEqual(['aborted', 'signal']);
  });
});

import { describe, expect, it } from 'vitest';
import { ask, client, start, useHttp2Upstreams } from './http2-upstream.ts';

useHttp2Upstreams();

const large = Buffer.alloc(1_000_000, 'x');

describe('calls that share a connection of HTTP/2', () => {
  it('go on while the answers of ninety-nine others are not read', async () => {
    const upstream = await start(
      (stream, headers) => {
        stream.respond({ ':status': 200 });
        stream.end(headers[':path'] === '/large' ? large : 'small');
      },
      { maxSessionMemory: 200 },
    );
    const from = client();
    const get = { method: 'GET', target: '/large' };
    const calls = Array.from({ length: 99 }, () => from.request(upstream.origin, get));
    for (const { response } of calls) expect((await response).status).toBe(200);
    for (let count = 0; count < 3; count += 1) expect(await ask(from, upstream, '/small')).toBe('small');
    expect(upstream.sessions).toHaveLength(1);
    for (const call of calls) call.abort(new Error('enough'));
  });

  it('are a hundred at most, so that the windows of all of them fit into the one of the connection', async () => {
    const upstream = await start((stream) => stream.respond({ ':status': 200 }));
    const from = client();
    const get = { method: 'GET', target: '/' };
    const calls = Array.from({ length: 250 }, () => from.request(upstream.origin, get));
    for (const { response } of calls) expect((await response).status).toBe(200);
    expect(upstream.sessions).toHaveLength(3);
    for (const call of calls) call.abort(new Error('enough'));
  });
});

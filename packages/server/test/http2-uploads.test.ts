import { once } from 'node:events';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { type Http2Bench, http2Bench } from './http2-talk.ts';
import { gate, turns } from './talk.ts';

/** Begins an upload; a window that the server does not open stops it. */
function upload(client: ClientHttp2Session, path: string, bytes: number): ClientHttp2Stream {
  const stream = client.request({ ':method': 'POST', ':path': path });
  stream.on('error', () => undefined);
  stream.write(Buffer.alloc(bytes));
  return stream;
}

async function seconds(count: number, { clock }: Http2Bench): Promise<void> {
  for (let second = 0; second < count; second++) {
    clock.advance(1000);
    await turns(5);
  }
}

/** Both are heard from the beginning: a short answer may be over before its head was looked at. */
async function answerOf(stream: ClientHttp2Stream): Promise<[status: number, text: string]> {
  const [[head], parts] = await Promise.all([once(stream, 'response'), stream.toArray()]);
  return [head[':status'], parts.join('')];
}

describe('an upload over HTTP/2 is not too slow', () => {
  it('while its reader takes a break', async () => {
    const onward = gate();
    const parts = http2Bench(async ({ request, response }) => {
      let size = 0;
      for await (const chunk of request.body) {
        size += chunk.byteLength;
        await onward.opened;
      }
      response.body = String(size);
    });
    const stream = upload(parts.session(), '/', 600_000);
    const answered = answerOf(stream);
    stream.end();
    await turns(20);
    await seconds(30, parts);
    onward.open();
    expect(await answered).toEqual([200, '600000']);
    expect(parts.protocolErrors).toEqual([]);
  });

  it('while others, which nobody reads, have the window of its connection', async () => {
    const parts = http2Bench(async ({ request, response }) => {
      if (request.path === '/held') await new Promise(() => undefined);
      response.body = String((await request.body.bytes()).byteLength);
    });
    const client = parts.session();
    const held = Array.from({ length: 5 }, () => upload(client, '/held', 300_000));
    await turns(20);
    const stream = upload(client, '/', 100_000);
    const answered = answerOf(stream);
    stream.end();
    await turns(20);
    expect(client.state.remoteWindowSize).toBe(0);
    await seconds(30, parts);
    for (const each of held) each.close();
    expect(await answered).toEqual([200, '100000']);
    expect(parts.protocolErrors).toEqual([]);
  });

  it('unless the client is the one that sends nothing', async () => {
    const parts = http2Bench(async ({ request, response }) => {
      response.body = await request.body.text();
    });
    const stream = upload(parts.session(), '/', 1);
    const answered = once(stream, 'response');
    await turns(20);
    await seconds(6, parts);
    expect((await answered)[0][':status']).toBe(408);
    stream.close();
  });
});

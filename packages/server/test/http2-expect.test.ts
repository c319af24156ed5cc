import { once } from 'node:events';
import type { Body, Handler, HttpContext, RequestBody } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { http2Bench } from './http2-talk.ts';

/** Sends the body only when it was asked for; returns the statuses in their order, and the text. */
async function askFirst(handler: Handler<HttpContext>, body: string): Promise<[number[], string]> {
  const client = http2Bench(handler).session();
  const headers = { ':method': 'POST', ':path': '/', expect: '100-continue' };
  const stream = client.request(headers, { endStream: false });
  const statuses: number[] = [];
  let text = '';
  stream.on('continue', () => {
    statuses.push(100);
    stream.end(body);
  });
  stream.on('response', (head) => statuses.push(head[':status']!));
  stream.on('data', (chunk) => (text += chunk));
  await once(stream, 'end');
  return [statuses, text];
}

describe('Expect: 100-continue over HTTP/2', () => {
  it('is answered by the first read', async () => {
    const events = await askFirst(async ({ request, response }) => {
      response.body = await request.body.text();
    }, 'abc');
    expect(events).toEqual([[100, 200], 'abc']);
  });

  it.each([
    ['as it is', (body: RequestBody): Body => body],
    ['through a generator', (body: RequestBody): Body => copy(body)],
  ])('is answered for a request body that becomes the response body %s', async (_how, toBody) => {
    const events = await askFirst(({ request, response }) => {
      response.body = toBody(request.body);
      response.status = 200;
    }, 'abc');
    expect(events).toEqual([[100, 200], 'abc']);
  });

  it('is not sent for a streamed answer that has nothing to do with the body', async () => {
    const events = await askFirst(({ response }) => {
      response.body = copy([Buffer.from('abc')]);
      response.status = 200;
    }, 'never');
    expect(events).toEqual([[200], 'abc']);
  });
});

async function* copy(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* body;
}

import { HttpError } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type RequestIdOptions, requestId, requestIdKey } from './request-id.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function run(
  init: RunInit,
  options: RequestIdOptions = {},
): Promise<{ id: string; sent: string; upstream: string }> {
  const seen = { id: '', sent: '', upstream: '' };
  const header = options.header ?? 'X-Request-Id';
  const result = await runHandler(
    checkedCompose([requestId(options)], (context) => {
      seen.id = context.get(requestIdKey) ?? '';
      seen.upstream = context.request.headers.getAll(header).join();
      context.response.status = 204;
    }),
    init,
  );
  return { ...seen, sent: result.headers.getAll(header).join() };
}

describe('requestId()', () => {
  it('makes a random one, and everybody sees the same', async () => {
    const first = await run({});
    const second = await run({});
    expect(first).toEqual({ id: expect.stringMatching(uuid) as string, sent: first.id, upstream: first.id });
    expect(second.id).not.toBe(first.id);
  });

  it('takes no incoming one unless it is told to', async () => {
    const init = { headers: { 'X-Request-Id': 'forged' } };
    expect(await run(init)).toMatchObject({ id: expect.stringMatching(uuid) as string });
    expect(await run(init)).not.toMatchObject({ upstream: 'forged' });
    expect(await run(init, { trust: true })).toEqual({ id: 'forged', sent: 'forged', upstream: 'forged' });
    const local: RequestIdOptions = { trust: ({ client }) => client.address === '127.0.0.1' };
    expect(await run(init, local)).toMatchObject({ id: 'forged' });
    expect(await run({ ...init, connection: { remoteAddress: '203.0.113.7' } }, local)).not.toMatchObject({
      id: 'forged',
    });
  });

  it('makes one of its own where the incoming one is not valid, and upstreams see no other', async () => {
    for (const headers of [{ 'X-Request-Id': '<script>' }, { 'X-Request-Id': ['a', 'a'] }]) {
      const result = await run({ headers }, { trust: true });
      expect(result).toEqual({ id: expect.stringMatching(uuid) as string, sent: result.id, upstream: result.id });
    }
  });

  it('does not take a promise for a yes', async () => {
    const trust = (async () => false) as unknown as () => boolean;
    expect(await run({ headers: { 'X-Request-Id': 'forged' } }, { trust })).not.toMatchObject({ id: 'forged' });
  });

  it('uses another field and another source', async () => {
    const options = { header: 'Traceparent', generate: () => 'own' };
    expect(await run({}, options)).toEqual({ id: 'own', sent: 'own', upstream: 'own' });
  });

  it('is on error answers too', async () => {
    const fail = () => {
      throw new HttpError(403, 'X_NO', 'no');
    };
    const result = await runHandler(checkedCompose([requestId()], fail));
    expect([result.status, result.headers.get('x-request-id')]).toEqual([403, expect.stringMatching(uuid)]);
  });

  it.each<RequestIdOptions>([
    { header: 'a b' },
    { header: 'Connection' },
    { trust: 'yes' as never },
    { acceptIncoming: true } as RequestIdOptions,
  ])('refuses %j when it is made', (options) => {
    expect(() => requestId(options)).toThrow(expect.objectContaining({ code: 'REQUEST_ID_OPTION_INVALID' }));
  });
});

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
    expect(await run(init, { acceptIncoming: true })).toEqual({ id: 'forged', sent: 'forged', upstream: 'forged' });
    const local: RequestIdOptions = { acceptIncoming: ({ client }) => client.address === '127.0.0.1' };
    expect(await run(init, local)).toMatchObject({ id: 'forged' });
    expect(await run({ ...init, connection: { remoteAddress: '203.0.113.7' } }, local)).not.toMatchObject({
      id: 'forged',
    });
  });

  it.each(['a', '0193-AF.b_c~d+e/f=g:h', 'Root=1-5759e988-bd862e3fe1be46a994272793', 'x'.repeat(128)])(
    'takes %s',
    async (id) => expect((await run({ headers: { 'X-Request-Id': id } }, { acceptIncoming: true })).id).toBe(id),
  );

  it.each(['', '-a', 'a b', 'a,b', '<script>', 'a"b', "a'b", 'a\\b', 'a\tb', 'caf\xe9', '%0a', 'x'.repeat(129)])(
    'makes one of its own instead of %j',
    async (id) => {
      const result = await run({ headers: { 'X-Request-Id': id } }, { acceptIncoming: true });
      expect(result).toEqual({ id: expect.stringMatching(uuid) as string, sent: result.id, upstream: result.id });
    },
  );

  it('takes none of two', async () => {
    const headers: [string, string][] = [
      ['X-Request-Id', 'a'],
      ['X-Request-Id', 'a'],
    ];
    expect((await run({ headers }, { acceptIncoming: true })).id).toMatch(uuid);
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

  it.each<RequestIdOptions>([{ header: 'a b' }, { header: 'Connection' }, { trust: true } as RequestIdOptions])(
    'refuses %j when it is made',
    (options) => {
      expect(() => requestId(options)).toThrow(expect.objectContaining({ code: 'RESPOND_OPTION_INVALID' }));
    },
  );
});

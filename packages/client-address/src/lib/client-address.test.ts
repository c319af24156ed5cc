import type { HttpContext } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { clientAddress } from './client-address.ts';
import type { ClientAddressOptions } from './client-policy.ts';

const run = (init: RunInit, ...options: ClientAddressOptions[]) =>
  runHandler(
    checkedCompose(options.map(clientAddress), ({ client, response }: HttpContext) => {
      response.body = JSON.stringify(client);
    }),
    init,
  );

const headers = { 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'a.example' };

describe('clientAddress()', () => {
  it('sets context.client', async () => {
    expect((await run({ headers }, { trust: ['loopback'] })).json()).toEqual({
      address: '203.0.113.7',
      port: null,
      scheme: 'https',
      host: 'a.example',
      hostPort: null,
      source: 'X-Forwarded from 127.0.0.1',
    });
  });

  it('believes nobody by default', async () => {
    const result = await run({ headers, scheme: 'https' }, {});
    expect(result.json()).toMatchObject({
      address: '127.0.0.1',
      scheme: 'https',
      host: 'localhost',
      source: 'connection',
    });
  });

  it('reads the connection: TCP from elsewhere, a Unix socket', async () => {
    const options = { trust: ['loopback', 'unix'] };
    const far = { headers, connection: { transport: 'tcp', remoteAddress: '198.51.100.2', remotePort: 5 } } as const;
    expect((await run(far, options)).json()).toMatchObject({ address: '198.51.100.2', port: 5, scheme: 'http' });
    const unix = { headers, connection: { transport: 'unix', remoteAddress: '' } } as const;
    expect((await run(unix, options)).json()).toMatchObject({ source: 'X-Forwarded from a Unix socket' });
  });

  it('stands in a pipeline once', async () => {
    for (const options of [{}, { trust: ['loopback'] }]) {
      expect((await run({ headers }, options, options)).error).toMatchObject({ code: 'CORE_CLIENT_ALREADY_SET' });
    }
  });

  it('answers 400 for an unreadable statement of a trusted proxy', async () => {
    const result = await run({ headers: { 'X-Forwarded-For': 'x' } }, { trust: ['loopback'] });
    expect([result.status, result.error]).toEqual([400, expect.objectContaining({ code: 'CLIENT_ADDRESS_MALFORMED' })]);
  });
});

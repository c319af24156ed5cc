import { type HttpContext, HttpError } from '@windhover/core';
import { checkedCompose, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type HstsOptions, hsts } from './hsts.ts';

const hello = ({ response }: HttpContext): void => {
  response.body = 'hello';
};

async function field(options?: HstsOptions, handler = hello, scheme: 'http' | 'https' = 'https') {
  const result = await runHandler(checkedCompose([hsts(options)], handler), { scheme });
  return result.headers.get('strict-transport-security');
}

describe('hsts()', () => {
  it.each([
    [undefined, 'max-age=31536000'],
    [{ maxAgeMs: 0 }, 'max-age=0'],
    [{ maxAgeMs: 1999, includeSubDomains: true }, 'max-age=1; includeSubDomains'],
    [{ includeSubDomains: true, preload: true }, 'max-age=31536000; includeSubDomains; preload'],
  ])('with %j says %s', async (options, value) => {
    expect(await field(options)).toBe(value);
  });

  it('says nothing over plain HTTP (RFC 6797 §7.2)', async () => {
    expect(await field({}, hello, 'http')).toBeUndefined();
  });

  it('says it with errors too', async () => {
    const fail = (): never => {
      throw new HttpError(404, 'TEST_MISSING', 'There is none');
    };
    expect(await field({}, fail)).toBe('max-age=31536000');
  });

  it('leaves what the application says', async () => {
    const own = ({ response }: HttpContext): void => {
      response.headers.set('Strict-Transport-Security', 'max-age=5');
    };
    expect(await field({}, own)).toBe('max-age=5');
  });

  it.each([
    { maxAgeMs: -1 },
    { preload: true },
    { preload: true, includeSubDomains: true, maxAgeMs: 1000 },
    { age: 1 },
  ])('refuses %j', (options) => {
    expect(() => hsts(options as never)).toThrow(expect.objectContaining({ code: 'HEADERS_OPTION_INVALID' }));
  });
});

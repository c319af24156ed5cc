import type { HttpContext } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { maxRequestBody } from './max-request-body.ts';

const read = async ({ request, response }: HttpContext): Promise<void> => {
  response.body = `${(await request.body.bytes()).byteLength}`;
};
const send = (limit: number | null, body: RunInit['body'], handle = read) =>
  runHandler(checkedCompose([maxRequestBody(limit)], handle), { method: 'POST', ...(body == null ? {} : { body }) });

/** A body of unknown length. */
async function* chunks(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size);
}

describe('maxRequestBody()', () => {
  it('lets bodies up to the limit through', async () => {
    expect((await send(10, 'x'.repeat(10))).text()).toBe('10');
    expect((await send(10, chunks(4, 6))).text()).toBe('10');
    expect((await send(0, null)).text()).toBe('0');
  });

  it('refuses a larger one before anything reads it, if its length is announced', async () => {
    let isRun = false;
    const result = await send(10, 'x'.repeat(11), async () => {
      isRun = true;
    });
    expect([result.status, isRun]).toEqual([413, false]);
  });

  it('refuses one of unknown length while it arrives', async () => {
    expect((await send(10, chunks(6, 5))).status).toBe(413);
  });

  it('replaces the limit that was there: by a larger one, or by none', async () => {
    const around = (limit: number | null) =>
      runHandler(checkedCompose([maxRequestBody(5), maxRequestBody(limit)], read), { method: 'POST', body: chunks(6) });
    expect((await around(10)).text()).toBe('6');
    expect((await around(null)).text()).toBe('6');
    expect((await around(5)).status).toBe(413);
  });

  it.each([-1, 1.5, '10MB'])('refuses %o', (limit) => {
    expect(() => maxRequestBody(limit as never)).toThrow(
      expect.objectContaining({ code: 'REQUEST_LIMITS_OPTION_INVALID' }),
    );
  });
});

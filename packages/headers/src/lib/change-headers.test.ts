import type { HttpContext } from '@windhover/core';
import { type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type ChangeHeadersOptions, changeHeaders } from './change-headers.ts';

async function run(
  options: ChangeHeadersOptions,
  init: RunInit = {},
  answer: (context: HttpContext) => void = () => undefined,
) {
  const middleware = changeHeaders(options);
  return runHandler(
    (context) =>
      middleware(context, (inner) => {
        inner.response.headers.assign({ 'X-Old': 'old', 'Content-Type': 'text/plain' });
        inner.response.body = JSON.stringify(
          Object.fromEntries([...inner.request.headers].map(([name, value]) => [name.toLowerCase(), value])),
        );
        return answer(inner);
      }),
    init,
  );
}

describe('changeHeaders()', () => {
  it.each<[ChangeHeadersOptions, string, readonly string[]]>([
    [{ set: { 'X-Old': 'new' } }, 'x-old', ['new']],
    [{ add: { 'X-Old': 'new' } }, 'x-old', ['old', 'new']],
    [{ default: { 'X-Old': 'new', 'X-New': 'a' } }, 'x-old', ['old']],
    [{ default: { 'X-New': 'a' } }, 'x-new', ['a']],
    [{ remove: ['X-Old'] }, 'x-old', []],
    [{ remove: ['X-Old'], set: { 'X-Old': 'again' } }, 'x-old', ['again']],
    [{ set: { 'X-New': '{method} {path} {header.x-from}' } }, 'x-new', ['GET /a me']],
    [{ set: { 'X-New': '{{}}' } }, 'x-new', ['{}']],
    [{ set: { 'X-New': 'a' }, statuses: [404] }, 'x-new', []],
    [{ set: { 'X-New': 'a' }, types: ['text/*'] }, 'x-new', ['a']],
    [{ set: { 'X-New': 'a' }, types: ['text/html'] }, 'x-new', []],
  ])('%j: %s is %j', async (options, name, expected) => {
    const result = await run(options, { url: '/a', headers: { 'X-From': 'me' } });
    expect(result.headers.getAll(name)).toEqual(expected);
  });

  it('changes error answers too', async () => {
    const result = await run({ set: { 'X-New': 'a' } }, {}, () => {
      throw new Error('a bug');
    });
    expect([result.status, result.headers.get('x-new')]).toEqual([500, 'a']);
  });

  it('changes requests', async () => {
    const options = {
      request: { set: { 'X-Client': '{client}' }, remove: ['X-Secret'], default: { 'X-Trace': 'none' } },
    };
    const seen = JSON.parse(
      (await run(options, { headers: { 'X-Secret': 'a', 'x-client': 'forged', 'x-trace': '1' } })).text(),
    );
    expect(seen).toMatchObject({ 'x-client': expect.not.stringContaining('forged'), 'x-trace': '1' });
    expect(seen).not.toHaveProperty('x-secret');
  });

  // Header injection: what a client sends cannot end a line, and braces of its are no placeholder.
  it('keeps what a client sends inside of a value', async () => {
    const url = '/?a=%0d%0aX-Evil:1%7Bclient%7D';
    const result = await run({ set: { 'X-New': '{query.a}' } }, { url });
    expect([result.headers.get('x-new'), result.headers.has('x-evil')]).toEqual(['??X-Evil:1{client}', false]);
  });

  it.each<[unknown, string]>([
    [{ sets: {} }, 'sets'],
    [{ set: { 'Content-Length': '1' } }, 'Content-Length'],
    [{ set: { 'X Y': '1' } }, 'X Y'],
    [{ set: { X: 'a\nb' } }, 'set'],
    [{ set: { X: 1 } }, 'expected a text'],
    [{ set: { X: '{nobody}' } }, 'nobody'],
    [{ request: { set: { Host: 'a' } } }, 'what was asked for'],
    [{ remove: 'X' }, 'a list of'],
  ])('refuses %j: %s', (options, why) => {
    expect(() => changeHeaders(options as never)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(why) }),
    );
  });
});

import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { respondErrors } from './errors.ts';
import { type RespondOptions, respond } from './respond.ts';

describe('respond()', () => {
  it('gives everybody the same answer', async () => {
    const handler = respond({ status: 410, headers: { 'X-A': '1' }, body: 'gone\n' });
    for (const method of ['GET', 'POST']) {
      const result = await runHandler(handler, { method });
      expect([result.status, result.text(), Object.fromEntries(result.headers)]).toEqual([
        410,
        'gone\n',
        { 'X-A': '1', 'Content-Type': 'text/plain; charset=utf-8' },
      ]);
    }
    expect(await runHandler(handler, { method: 'HEAD' })).toMatchObject({
      status: 410,
      declaredLength: 5,
      body: new Uint8Array(),
    });
  });

  it('sends bytes as they were when it was made, and a type of the caller’s', async () => {
    const body = new Uint8Array([1, 2]);
    const handler = respond({ body });
    const icon = respond({ body, headers: { 'content-type': 'image/x-icon' } });
    body[0] = 9;
    const result = await runHandler(handler);
    expect([[...result.body], result.headers.get('content-type')]).toEqual([[1, 2], 'application/octet-stream']);
    expect((await runHandler(icon)).headers.get('content-type')).toBe('image/x-icon');
  });

  it.each([200, 204, 205, 304, 404])('sends %i without a body, and no type', async (status) => {
    const result = await runHandler(respond({ status }));
    expect([result.status, result.text(), result.headers.size]).toEqual([status, '', 0]);
  });

  it.each<[string, RespondOptions, string]>([
    ['a body with 204', { status: 204, body: '' }, 'RESPOND_STATUS_INVALID'],
    ['a body with 205', { status: 205, body: 'x' }, 'RESPOND_STATUS_INVALID'],
    ['a body with 304', { status: 304, body: 'x' }, 'RESPOND_STATUS_INVALID'],
    ['an interim status', { status: 103 }, 'RESPOND_STATUS_INVALID'],
    ['a header with a line break', { headers: { 'X-A': 'a\r\nb' } }, 'RESPOND_OPTION_INVALID'],
    ['a header that frames', { headers: { 'Content-Length': '1' } }, 'RESPOND_OPTION_INVALID'],
    ['an option it does not know', { content: 'x' } as RespondOptions, 'RESPOND_OPTION_INVALID'],
  ])('throws for %s when it is made', (_, options, code) => {
    expect(() => respond(options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('respondErrors', () => {
  it.each(Object.entries(respondErrors))('%s has a status and a message', (code, { status, message }) => {
    expect([code.startsWith('RESPOND_'), status >= 400, message.length > 0]).toEqual([true, true, true]);
  });
});

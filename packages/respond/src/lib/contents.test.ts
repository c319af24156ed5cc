import type { HttpContext } from '@windhover/core';
import { type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { html } from './html.ts';
import { json } from './json.ts';
import { problem } from './problem.ts';
import { text } from './text.ts';

const run = (answer: (context: HttpContext) => void, init: RunInit = {}) => runHandler(answer, init);
const coded = (code: string) => expect.objectContaining({ code }) as Error;

describe('text(), html() and json()', () => {
  it.each<[string, (context: HttpContext) => void, string, string]>([
    ['text', (context) => text(context, 'né'), 'text/plain; charset=utf-8', 'né'],
    ['html', (context) => html(context, '<p>'), 'text/html; charset=utf-8', '<p>'],
    ['json', (context) => json(context, { a: [1, null] }), 'application/json', '{"a":[1,null]}'],
    ['json', (context) => json(context, null), 'application/json', 'null'],
  ])('%s answers with its type', async (_, answer, type, body) => {
    const result = await run(answer);
    expect([result.status, result.headers.get('content-type'), result.text()]).toEqual([200, type, body]);
  });

  it('take a status and headers, a type of the caller’s included', async () => {
    const headers = { 'Content-Type': 'application/activity+json', 'X-A': '1' };
    const result = await run((context) => json(context, {}, { status: 201, headers }));
    expect([result.status, Object.fromEntries(result.headers)]).toEqual([201, headers]);
  });

  it('answer HEAD with the head of GET', async () => {
    const result = await run((context) => text(context, 'né'), { method: 'HEAD' });
    expect([result.status, result.declaredLength, result.text()]).toEqual([200, 3, '']);
  });

  it.each([204, 205, 304, 100, 101, 199, 600, 0, 200.5, Number.NaN])('refuse the status %j', async (status) => {
    const result = await run((context) => text(context, 'x', { status }));
    expect(result.error).toEqual(coded('RESPOND_STATUS_INVALID'));
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => {}],
    ['a bigint', 1n],
    ['a symbol', Symbol('a')],
  ])('json() refuses %s', async (_, value) => {
    expect((await run((context) => json(context, value))).error).toEqual(coded('RESPOND_JSON_INVALID'));
  });

  it('json() refuses a value within itself', async () => {
    const value: Record<string, unknown> = {};
    value['value'] = value;
    expect((await run((context) => json(context, value))).error).toEqual(coded('RESPOND_JSON_INVALID'));
  });
});

describe('problem()', () => {
  it('answers with problem+json (RFC 9457 §3)', async () => {
    const details = { type: 'https://a.example/no-credit', status: 403, detail: 'You have 30', balance: 30 };
    const result = await run((context) => problem(context, details, { headers: { 'Retry-After': '1' } }));
    expect([result.status, result.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
    expect(result.headers.get('retry-after')).toBe('1');
    expect(result.text()).toBe(
      '{"type":"https://a.example/no-credit","title":"Forbidden","status":403,"detail":"You have 30","balance":30}',
    );
  });

  it('leaves out absent members: the type is then about:blank (§4.2.1)', async () => {
    expect((await run((context) => problem(context, { status: 404, detail: undefined as never }))).text()).toBe(
      '{"title":"Not Found","status":404}',
    );
    expect((await run((context) => problem(context, { status: 499 }))).text()).toBe('{"status":499}');
  });

  it.each([200, 399, 600, 404.5])('refuses the status %j', async (status) => {
    expect((await run((context) => problem(context, { status }))).error).toEqual(coded('RESPOND_STATUS_INVALID'));
  });
});

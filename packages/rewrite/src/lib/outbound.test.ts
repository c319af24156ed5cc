import { gzipSync } from 'node:zlib';
import type { HttpContext } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { outbound } from './outbound.ts';
import type { OutboundRule } from './outbound-rule.ts';

interface Answer {
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Uint8Array;
  readonly status?: number;
}

async function run(
  rules: OutboundRule | OutboundRule[],
  { headers = {}, body = '', status = 200 }: Answer,
  method = 'GET',
) {
  const middleware = outbound(Array.isArray(rules) ? rules : [rules]);
  const handler = ({ response }: HttpContext): void => {
    response.status = status;
    response.headers.assign(headers);
    response.body = body;
  };
  return runHandler((context) => middleware(context, handler), {
    method,
    url: '/x',
    headers: { Host: 'shop.example' },
  });
}

const html = { 'Content-Type': 'text/html; charset=utf-8' };

describe('outbound()', () => {
  it.each<[OutboundRule, string, string]>([
    [
      { header: 'X-A', pattern: '^http://backend(:[0-9]+)?/(.*)$', to: 'https://{host}/{2}' },
      'http://backend:81/a',
      'https://shop.example/a',
    ],
    [{ header: 'x-a', pattern: '^http://backend/(.*)$', to: '/{1}' }, 'http://other/a', 'http://other/a'],
    [{ header: 'X-A', find: 'backend', to: '{host}' }, 'a backend, a backend', 'a shop.example, a shop.example'],
    [{ header: 'X-A', find: 'a', to: '$&' }, 'a', '$&'],
  ])('%j makes a header %s to %s', async (rule, value, expected) => {
    expect((await run(rule, { headers: { 'X-A': value } })).headers.get('x-a')).toBe(expected);
  });

  it('changes each cookie, and headers of errors', async () => {
    const rule: OutboundRule = { header: 'Set-Cookie', find: 'Domain=backend', to: 'Domain={host}' };
    const result = await run(rule, { status: 404, headers: { 'Set-Cookie': ['a=1; Domain=backend', 'b=2'] } });
    expect(result.headers.getAll('set-cookie')).toEqual(['a=1; Domain=shop.example', 'b=2']);
  });

  it('changes texts of pages', async () => {
    const rule: OutboundRule = { find: 'http://bäckend/', to: 'https://{host}/ü' };
    const result = await run(rule, { headers: html, body: 'ä <a href="http://bäckend/x">' });
    expect(result.text()).toBe('ä <a href="https://shop.example/üx">');
  });

  it.each([
    ['text/html', undefined, true],
    ['text/css', undefined, false],
    ['text/css', ['text/*'], true],
    ['application/json', ['application/json'], true],
    ['', ['text/html'], false],
  ])('changes a body of type %s with types %j: %s', async (type, types, isChanged) => {
    const rule: OutboundRule = { find: 'a', to: 'b', ...(types === undefined ? {} : { types }) };
    expect((await run(rule, { headers: type === '' ? {} : { 'Content-Type': type }, body: 'a' })).text()).toBe(
      isChanged ? 'b' : 'a',
    );
  });

  it('changes links, of the elements that are named', async () => {
    const rule: OutboundRule = { links: ['a', 'img'], pattern: '^http://backend/(.*)$', to: '/{1}' };
    const body =
      '<a href="http://backend/a?b&amp;c"><img alt="http://backend/" src=http://backend/i><form action="http://backend/f">';
    expect((await run(rule, { headers: html, body })).text()).toBe(
      '<a href="/a?b&amp;c"><img alt="http://backend/" src="/i"><form action="http://backend/f">',
    );
    const all = await run(
      { links: 'all', find: 'http://backend', to: '' },
      { headers: html, body: '<form action="http://backend/f">' },
    );
    expect(all.text()).toBe('<form action="/f">');
  });

  it('keeps what stands in a link as it stands', async () => {
    const rule: OutboundRule = { links: 'all', pattern: '^http://inside(/.*)$', to: 'https://{host}{1}&x' };
    const body = Buffer.from('<a href="http://inside/?q=&quot;x&quot;&amp;lt;\xe9">', 'latin1');
    const result = await run(rule, { headers: html, body });
    expect(Buffer.from(result.body).toString('latin1')).toBe(
      '<a href="https://shop.example/?q=&quot;x&quot;&amp;lt;\xe9&#38;x">',
    );
  });

  it('decompresses what it must', async () => {
    const headers = {
      ...html,
      'Content-Encoding': 'gzip',
      ETag: '"x"',
      'Accept-Ranges': 'bytes',
      'Content-Digest': 'x',
    };
    const result = await run({ find: 'a', to: 'b' }, { headers, body: gzipSync('a page') });
    expect(result.text()).toBe('b pbge');
    expect(
      ['content-encoding', 'accept-ranges', 'content-digest', 'content-length'].map((name) => result.headers.has(name)),
    ).toEqual([false, false, false, false]);
    expect(result.headers.get('etag')).toBe('W/"x"');
  });

  it('leaves an unknown coding and a part as they are', async () => {
    const unknown = await run({ find: 'a', to: 'b' }, { headers: { ...html, 'Content-Encoding': 'x' }, body: 'a' });
    expect([unknown.text(), unknown.headers.get('content-encoding')]).toEqual(['a', 'x']);
    expect((await run({ find: 'a', to: 'b' }, { headers: html, body: 'a', status: 206 })).text()).toBe('a');
  });

  it('announces no length to a HEAD', async () => {
    const headers = { ...html, ETag: '"x"', 'Content-Encoding': 'gzip' };
    const result = await run({ find: 'a', to: 'b' }, { headers, body: gzipSync('a') }, 'HEAD');
    expect(['content-length', 'content-encoding'].map((name) => result.headers.has(name))).toEqual([false, false]);
    expect(result.headers.get('etag')).toBe('W/"x"');
  });

  it('never puts markup of a client into a page', async () => {
    const middleware = outbound([{ find: 'NAME', to: '{query.name}' }]);
    const handler = ({ response }: HttpContext): void => {
      response.headers.set('Content-Type', 'text/html');
      response.body = '<p>NAME';
    };
    const result = await runHandler((context) => middleware(context, handler), '/?name=%3Cscript%3E%22%26');
    expect(result.text()).toBe('<p>&#60;script&#62;&#34;&#38;');
  });

  it.each<[unknown, string]>([
    [{ header: 'Location', to: '/' }, 'either find or pattern'],
    [{ header: 'Location', find: 'a', pattern: 'b', to: '/' }, 'either find or pattern'],
    [{ header: 'Content-Length', find: 'a', to: '1' }, 'a header that may be set'],
    [{ find: 'a' }, 'expected find and to'],
    [{ find: '', to: 'a' }, 'a text'],
    [{ find: 'a', to: '{nme}' }, 'nme'],
    [{ find: 'a', to: 'b', types: ['html'] }, 'a type such as text/html'],
    [{ links: ['table'], find: 'a', to: 'b' }, 'a list of elements'],
    [{ links: 'all', pattern: '(a', to: 'b' }, 'Unterminated'],
  ])('refuses %j: %s', (rule, why) => {
    expect(() => outbound([rule as OutboundRule])).toThrow(
      expect.objectContaining({ message: expect.stringContaining(why) }),
    );
  });
});

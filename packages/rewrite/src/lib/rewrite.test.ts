import type { HttpContext } from '@windhover/core';
import { type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { rewrite } from './rewrite.ts';
import type { Rule } from './rule.ts';
import type { RuleSetOptions } from './rule-set.ts';

const show = ({ request, response }: HttpContext): void => {
  response.body = request.url;
};

/** What becomes of a request: the status with its location, or the path and query that the handler sees. */
async function outcome(rules: Rule | readonly Rule[], url: string, init: RunInit = {}, options?: RuleSetOptions) {
  const middleware = rewrite(Array.isArray(rules) ? rules : [rules as Rule], options);
  const result = await runHandler((context) => middleware(context, show), {
    url,
    ...init,
    headers: { Host: 'shop.example', ...(init.headers as Record<string, string> | undefined) },
  });
  const location = result.headers.get('location');
  return location === undefined
    ? result.status === 200
      ? result.text()
      : result.status
    : `${result.status} ${location}`;
}

describe('rewrite()', () => {
  it.each<[Rule, string, string | number]>([
    [{ from: '/p/:id', to: '/product?id=:id' }, '/p/5', '/product?id=5'],
    [{ from: '/p/:id', to: '/product?id=:id' }, '/p/5?size=2', '/product?id=5&size=2'],
    [{ from: '/p/:id', to: '/product?id=:id', query: 'drop' }, '/p/5?id=6', '/product?id=5'],
    [{ from: '/p/:id', to: '/product?id=:id' }, '/p/5/6', '/p/5/6'],
    [{ from: '/p/:id', to: '/product?id=:id' }, '/p/', '/p/'],
    [{ from: '/old/*', to: '/new/*' }, '/old/a/b?c', '/new/a/b?c'],
    [{ from: '/old/*', to: '/new/*' }, '/old/', '/new/'],
    [{ from: '/old/*', to: '/new/*' }, '/old', '/old'],
    [{ from: '/old/*', to: '/new/*' }, '/older/a', '/older/a'],
    [{ from: '/*/x/*', to: '/y/*/*' }, '/a/x/b/c', '/y/a/b/c'],
    [{ from: '/:a-:b.html', to: '/:b/:a' }, '/x-y.html', '/y/x'],
    [{ from: '/Caf%c3%a9', to: '/x' }, '/Caf%C3%A9', '/x'],
    [{ from: '/a.b', to: '/x' }, '/aXb', '/aXb'],
    [{ from: '/ABC', ignoreCase: true, to: '/x' }, '/abc', '/x'],
    [{ from: '/ABC', to: '/x' }, '/abc', '/abc'],
    [{ pattern: '^/([0-9]+)/(.*)$', to: '/n/{2}?n={R:1}' }, '/12/a', '/n/a?n=12'],
    [{ pattern: '^/(?<year>[0-9]+)$', to: '/y/{year}' }, '/2020', '/y/2020'],
    [{ from: '/api/*', not: true, to: '/app' }, '/x', '/app'],
    [{ from: '/api/*', not: true, to: '/app' }, '/api/x', '/api/x'],
    [{ from: '/x', to: '/{{a}}' }, '/x', '/%7Ba%7D'],
    [{ from: '/gone', respond: 410 }, '/gone', 410],
    [{ from: '/out', drop: true }, '/out', 444],
    [{ from: '/old/*', to: '/new/*', status: 301 }, '/old/a?b=c', '301 /new/a?b=c'],
    [{ from: '/out', to: 'https://other.example/#top', status: 307 }, '/out?a', '307 https://other.example/?a#top'],
    [{ from: '/x', to: 'https://{host}/y', status: 308 }, '/x', '308 https://shop.example/y'],
    [{ to: '{path}', query: 'drop' }, '/a?b', '/a'],
    [{ pattern: '[A-Z]', to: '{ToLower:{URL}}', status: 301 }, '/A?B', '301 /a?B'],
    [{ to: 'https://{HTTP_HOST}{REQUEST_URI}', status: 301 }, '/a?b', '301 https://shop.example/a?b'],
    [{ from: '/x', to: 'https://new.example{path}', status: 301 }, '/x?b', '301 https://new.example/x?b'],
  ])('%j makes %s to %s', async (rule, url, expected) => {
    expect(await outcome(rule, url)).toBe(expected);
  });

  it('applies rules in order, each to what those before it have made of the request', async () => {
    const rules: Rule[] = [
      { from: '/a', to: '/b' },
      { from: '/b', to: '/c' },
      { from: '/a', to: '/d' },
      { from: '/c', to: '/e', last: true },
      { from: '/e', to: '/f' },
    ];
    expect(await outcome(rules, '/a')).toBe('/e');
  });

  it.each<[Partial<Rule>, RunInit, boolean]>([
    [{ methods: ['POST'] }, { method: 'POST' }, true],
    [{ methods: ['POST'] }, {}, false],
    [{ hosts: ['*.example'] }, {}, true],
    [{ hosts: ['shop.example'] }, { headers: { Host: 'SHOP.example:80' } }, true],
    [{ hosts: ['*.shop.example'] }, {}, false],
    [{ when: [{ value: '{header.user-agent}', pattern: 'Mobile' }] }, { headers: { 'User-Agent': 'a Mobile' } }, true],
    [{ when: [{ value: '{HTTP_USER_AGENT}', pattern: 'mobile' }] }, { headers: { 'User-Agent': 'a Mobile' } }, false],
    [{ when: [{ value: '{cookie.beta}', is: '1' }] }, { headers: { Cookie: 'a=2; beta=1' } }, true],
    [{ when: [{ value: '{cookie.beta}' }] }, {}, false],
    [{ when: [{ value: '{cookie.beta}', not: true }] }, {}, true],
    [
      {
        when: [
          { value: '{scheme}', is: 'http' },
          { value: '{HTTPS}', is: 'on' },
        ],
      },
      {},
      false,
    ],
    [
      {
        when: {
          any: [
            { value: '{scheme}', is: 'ftp' },
            { value: '{HTTPS}', is: ['off', 'x'] },
          ],
        },
      },
      {},
      true,
    ],
    [{ when: { any: [] } }, {}, false],
  ])('with %j for %j applies: %s', async (match, init, applies) => {
    expect(await outcome({ from: '/x', to: '/y', ...match }, '/x', init)).toBe(applies ? '/y' : '/x');
  });

  it('fills in the groups of the last condition that matched', async () => {
    const rule: Rule = { from: '/x', to: '/{C:1}', when: [{ value: '{host}', pattern: '^([a-z]+)\\.example$' }] };
    expect(await outcome(rule, '/x')).toBe('/shop');
  });

  it('looks values up in maps', async () => {
    const maps = { shops: new Map([['shop.example', '/de']]), pages: new Map([['/old', 'https://other.example/new']]) };
    expect(await outcome({ from: '/x', to: '{shops:{host}}' }, '/x', {}, { maps })).toBe('/de');
    expect(await outcome({ to: '{pages:{path}}', status: 301 }, '/old?a', {}, { maps })).toBe(
      '301 https://other.example/new?a',
    );
    expect(await outcome({ to: '{pages:{path}}', status: 301 }, '/other', {}, { maps })).toBe('/other');
  });

  it('sets request headers and goes on', async () => {
    const rules: Rule[] = [
      { from: '/x/:id', set: { 'X-Item': ':id of {ToUpper:{host}}' } },
      { when: [{ value: '{header.x-item}', is: '5 of SHOP.EXAMPLE' }], to: '/seen' },
    ];
    expect(await outcome(rules, '/x/5')).toBe('/seen');
  });

  it('leaves alone what asks for no path', async () => {
    expect(await outcome({ to: '/x' }, '*', { method: 'OPTIONS' })).toBe('*');
  });

  it('does not redirect to where the client is already', async () => {
    expect(await outcome({ from: '/*', to: '/*', status: 301 }, '/a?b')).toBe('/a?b');
    expect(await outcome({ to: 'http://{HTTP_HOST}{path}', status: 301 }, '/a?b')).toBe('/a?b');
    const lower: Rule = { pattern: '[A-Z]', to: '/{ToLower:{path}}', status: 301 };
    expect(await outcome(lower, '/caf%C3%A9')).toBe('/caf%C3%A9');
    expect(await outcome(lower, '/Caf%C3%A9')).toBe('301 /caf%C3%A9');
    expect(await outcome({ from: '/x', to: '/%78', status: 301 }, '/x')).toBe('/x');
  });

  describe('keeps values what they are', () => {
    it.each<[string, Rule, string, string]>([
      [
        'a parameter stays one parameter',
        { from: '/p/:id', to: '/q?id=:id' },
        '/p/1&admin=true',
        '/q?id=1%26admin%3Dtrue',
      ],
      ['a plus stays a plus', { from: '/p/:id', to: '/q?id=:id' }, '/p/a+b', '/q?id=a%2Bb'],
      ['a segment from a query', { from: '/x', to: '/y/{query.a}' }, '/x?a=b%2Fc%3Fd', '/y/b%2Fc%3Fd?a=b%2Fc%3Fd'],
      ['a URL in a parameter', { from: '/x', to: '/y?q={url}', query: 'drop' }, '/x?a&b=2', '/y?q=%2Fx%3Fa%26b%3D2'],
      ['braces of a client', { from: '/x', to: '/y?q={query.a}', query: 'drop' }, '/x?a={host}', '/y?q=%7Bhost%7D'],
      ['braces in a path', { from: '/x/*', to: '/y/*' }, '/x/{host}', '/y/%7Bhost%7D'],
    ])('%s', async (_, rule, url, expected) => {
      const result = await outcome(rule, url);
      expect(result).toBe(expected);
    });

    // CWE-22: a rule for one folder must not lead into another, which other rules guard.
    it.each<[Rule, string]>([
      [{ from: '/u-:id/:what', to: '/users/:id/:what' }, '/u-../admin'],
      [{ from: '/dl-*', to: '/downloads/*' }, '/dl-../admin'],
      [{ from: '/file', to: '/public/{query.f}/{query.g}' }, '/file?f=..&g=admin'],
      [{ from: '/file', to: '/public/{query.f}' }, '/file?f=%2e%2e'],
      [{ from: '/file', to: '/public/{query.f}' }, '/file?f=..%2Fadmin'],
      [{ from: '/dl-*', to: 'https://files.example/public/*', status: 302 }, '/dl-../admin'],
    ])('%j refuses %s', async (rule, url) => {
      expect(await outcome(rule, url)).toBe(400);
    });

    it('characters that cannot be sent do no harm', async () => {
      const rules: Rule[] = [
        { from: '/x', set: { 'X-U': '{query.u}' } },
        { from: '/x', to: '/y?c={C:1}', query: 'drop', when: [{ value: '{query.u}', pattern: '^(.)' }] },
      ];
      expect(await outcome(rules, '/x?u=%D0%B6')).toBe('/y?c=%D0%B6');
      expect(await outcome(rules, '/x?u=%F0%9F%98%80')).toBe('/y?c=%EF%BF%BD');
      expect(await outcome(rules, '/x?u=%0d%0aX:1')).toBe('/x?u=%0d%0aX:1');
    });

    // CWE-601: the peers' open redirects.
    it.each<[Rule, string, string]>([
      [{ from: '/*', to: '/*', status: 301, when: [] }, '//evil.example/x', '301 /evil.example/x'],
      [{ from: '/go/*', to: '*', status: 301 }, '/go/', 'refused'],
      [{ from: '/go/*', to: '/*', status: 301 }, '/go//evil.example', '301 /evil.example'],
      [{ pattern: '^/go(.*)$', to: '{1}', status: 301 }, '/go//evil.example', 'refused'],
      [{ from: '/x', to: '/{query.to}', status: 302, query: 'drop' }, '/x?to=/evil.example', '302 /%2Fevil.example'],
      [
        { from: '/x/:a', to: 'https://:a.example.com/', status: 302 },
        '/x/evil.example%2F',
        '302 https://evil.example2f.example.com/',
      ],
      [{ from: '/x/*', to: 'https://example.com*', status: 302 }, '/x/.evil.example', 'refused'],
    ])('%j sends %s to %s', async (rule, url, expected) => {
      expect(
        await outcome(rule, url).catch((error) => (error.code === 'REWRITE_OPTION_INVALID' ? 'refused' : error)),
      ).toBe(expected);
    });
  });

  it.each<[unknown, string]>([
    [{}, 'expected to, respond, drop or set, found none'],
    [{ from: 'x', to: '/y' }, 'begins with /'],
    [{ from: '/x?a', to: '/y' }, 'a path has no query'],
    [{ from: '/x', pattern: 'y', to: '/y' }, 'either from or pattern'],
    [{ from: '/x/:id', to: '/y/:name' }, ':name does not stand in `from`'],
    [{ from: '/x/:id', to: '/y?id=:idd' }, ':idd does not stand in `from`'],
    [{ from: '/x', to: '/y/{1}' }, 'the rule has 0 groups'],
    [{ from: '/x/*', to: '/y/*/*' }, 'more * than'],
    [{ from: '/x', to: '/y/{hots}' }, 'Did you mean `host`'],
    [{ from: '/x', to: '/y/{m:{path}}' }, 'm is no map and no function'],
    [{ from: '/x', to: 'https://other.example/' }, 'a rewrite stays on this server'],
    [{ from: '/x', to: 'y' }, 'expected a path that begins with /'],
    [{ from: '/x', to: '/y', respond: 410 }, 'one of to, respond and drop'],
    [{ from: '/x', respond: 700 }, '599'],
    [{ from: '/x', to: '/y', status: 300 }, '301'],
    [{ from: '/x', status: 301 }, 'status: expected to beside it'],
    [{ from: '/x', to: '/y#z' }, 'expected no #'],
    [{ from: '/x', to: '/y{' }, 'is not closed'],
    [{ from: '/x', set: { Host: 'a' } }, 'the host is part'],
    [{ from: '/x', set: { 'Content-Length': '5' } }, 'a header that may be set'],
    [{ from: '/:a/:a', to: '/y' }, 'twice'],
    [{ from: '/x', to: '/y', frmo: 1 }, 'frmo'],
    [{ from: '/x', to: '/y', when: [{ value: '{host}', is: 'a', pattern: 'b' }] }, 'either is or pattern'],
    [{ from: '/x', to: '/y', when: [{}] }, 'one of value, file and folder'],
    [{ from: '/x', to: '/y', methods: ['get it'] }, 'a method such as GET'],
  ])('refuses %j: %s', (rule, why) => {
    expect(() => rewrite([{ name: 'old shop', from: '/', to: '/' }, rule as Rule])).toThrow(
      expect.objectContaining({ code: 'REWRITE_OPTION_INVALID', message: expect.stringContaining(why) }),
    );
    expect(() => rewrite([rule as Rule])).toThrow(/rule 1/);
  });

  it.each<[readonly Rule[], string]>([
    [
      [
        { from: '/a', to: '/b', status: 301 },
        { from: '/b', to: '/a', status: 301 },
      ],
      '/a → /b → /a',
    ],
    [[{ from: '/a/*', to: '/a/b/*', status: 301 }], '/a/x → /a/b/x → /a/b/b/x'],
    [
      [
        { from: '/a/:id', to: '/b?id=:id', status: 302 },
        { from: '/b', to: '/a/x', status: 302, query: 'drop' },
      ],
      '/a/x → /b?id=x → /a/x',
    ],
  ])('refuses redirects that never end: %j', (rules, way) => {
    expect(() => rewrite(rules)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`never end: ${way}`) }),
    );
  });

  it.each<[readonly Rule[]]>([
    [[{ from: '/*', to: '/*', status: 301 }]],
    [[{ from: '/a/*', to: 'https://other.example/a/*', status: 301 }]],
    [
      [
        { from: '/a', to: '/b', status: 301 },
        { from: '/b', to: '/c', status: 301 },
      ],
    ],
    [
      [
        { from: '/a', to: '/b', status: 301, hosts: ['a'] },
        { from: '/b', to: '/a', status: 301, hosts: ['b'] },
      ],
    ],
  ])('takes %j', (rules) => {
    expect(() => rewrite(rules)).not.toThrow();
  });
});

import type { HttpContext } from '@windhover/core';
import { type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { ContentSecurityPolicyOptions } from './content-security-policy.ts';
import { insertNonce } from './insert-nonce.ts';
import { nonceKey } from './nonce.ts';
import { type SecurityHeadersOptions, securityHeaders } from './security-headers.ts';

async function run(
  options: SecurityHeadersOptions,
  init: RunInit = {},
  handler: (context: HttpContext) => void = () => undefined,
) {
  const middleware = securityHeaders(options);
  return runHandler((context) => middleware(context, handler), init);
}

describe('securityHeaders()', () => {
  it('sends the usual set, on errors too', async () => {
    const result = await run({}, { scheme: 'https' }, () => {
      throw new Error('a bug');
    });
    const sent = Object.fromEntries(
      [...result.headers]
        .map(([name, value]) => [name.toLowerCase(), value] as const)
        .filter(([name]) => !/^(?:date|content-(?:type|length))$/i.test(name)),
    );
    expect(sent).toEqual({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'origin-agent-cluster': '?1',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-dns-prefetch-control': 'off',
      'x-download-options': 'noopen',
      'x-frame-options': 'SAMEORIGIN',
      'x-permitted-cross-domain-policies': 'none',
      'x-xss-protection': '0',
    });
  });

  it('sends no Strict-Transport-Security over HTTP', async () => {
    expect((await run({})).headers.has('strict-transport-security')).toBe(false);
  });

  it('leaves what the application has set, and hides what it is made with', async () => {
    const result = await run({}, {}, ({ response }) => {
      response.headers.assign({ 'X-Frame-Options': 'DENY', 'X-Powered-By': 'Express' });
    });
    expect([result.headers.get('x-frame-options'), result.headers.has('x-powered-by')]).toEqual(['DENY', false]);
  });

  it('takes other values, and leaves headers out', async () => {
    const { headers } = await run({ frameOptions: false, referrerPolicy: 'origin', permissionsPolicy: 'camera=()' });
    expect([headers.has('x-frame-options'), headers.get('referrer-policy'), headers.get('permissions-policy')]).toEqual(
      [false, 'origin', 'camera=()'],
    );
  });

  it.each<[boolean | ContentSecurityPolicyOptions, string]>([
    [
      true,
      "default-src 'self'; base-uri 'self'; font-src 'self' https: data:; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self' https: 'unsafe-inline'; upgrade-insecure-requests",
    ],
    [
      { withoutDefaults: true, directives: { 'default-src': "'none'", sandbox: true, 'img-src': false } },
      "default-src 'none'; sandbox",
    ],
    [
      { withoutDefaults: true, directives: { 'img-src': ['https://a.example', 'data:'] }, reportTo: '/r' },
      'img-src https://a.example data:; report-uri /r; report-to csp',
    ],
  ])('%j is %s', async (contentSecurityPolicy, expected) => {
    expect((await run({ contentSecurityPolicy })).headers.get('content-security-policy')).toBe(expected);
  });

  it('only reports if asked to, and names where to', async () => {
    const { headers } = await run({ contentSecurityPolicy: { reportOnly: true, reportTo: 'https://r.example/csp' } });
    expect(headers.has('content-security-policy')).toBe(false);
    expect(headers.get('content-security-policy-report-only')).toContain('report-to csp');
    expect(headers.get('reporting-endpoints')).toBe('csp="https://r.example/csp"');
  });

  it('gives each answer a nonce of its own, and takes none of a client', async () => {
    const seen: (string | undefined)[] = [];
    const options = { contentSecurityPolicy: { withoutDefaults: true, directives: { 'script-src': 'nonce' } } };
    for (let count = 0; count < 2; count++) {
      const result = await run(options, { headers: { 'X-CSP-Nonce': 'forged' } }, (context) => {
        seen.push(context.get(nonceKey), context.request.headers.get('x-csp-nonce'));
      });
      expect(result.headers.get('content-security-policy')).toBe(`script-src 'nonce-${seen.at(-1)}'`);
    }
    expect(seen[0]).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect([seen[1], seen[3]]).toEqual([seen[0], seen[2]]);
    expect(seen[0]).not.toBe(seen[2]);
  });

  it.each<[unknown, string]>([
    [{ frameOption: 'DENY' }, 'frameOption'],
    [{ frameOptions: true }, 'DENY, SAMEORIGIN or false'],
    [{ frameOptions: 'ALLOW' }, 'DENY, SAMEORIGIN or false'],
    [{ contentSecurityPolicy: { directives: { 'script-scr': ['x'] } } }, 'Did you mean script-src?'],
    [{ referrerPolicy: 'a\nb' }, 'referrerPolicy'],
    [{ contentSecurityPolicy: { directives: { 'script-src': 'self' } } }, "self needs quotes: 'self'"],
    [{ contentSecurityPolicy: { directives: { 'script-src': ["'self'; x"] } } }, 'without spaces'],
    [{ contentSecurityPolicy: { directives: { 'script src': 'a' } } }, 'script src is not a directive'],
    [{ contentSecurityPolicy: { directives: { 'img-src': [] } } }, 'expected a value'],
    [{ contentSecurityPolicy: { withoutDefaults: true } }, 'at least one directive'],
    [{ contentSecurityPolicy: { reportTo: 'http://r.example' } }, 'a path or an https address'],
  ])('refuses %j: %s', (options, why) => {
    expect(() => securityHeaders(options as never)).toThrow(
      expect.objectContaining({ code: 'HEADERS_OPTION_INVALID', message: expect.stringContaining(why) }),
    );
  });
});

describe('insertNonce()', () => {
  const outer = securityHeaders({
    contentSecurityPolicy: { withoutDefaults: true, directives: { 'script-src': 'nonce' } },
  });
  const inner = insertNonce('__nonce__');
  const page = async (headers: Record<string, string>) =>
    runHandler((context) =>
      outer(context, (next) =>
        inner(next, ({ response }) => {
          response.headers.assign(headers);
          response.body = '<script nonce="__nonce__">1</script>';
        }),
      ),
    );

  it('writes the nonce into pages, which no cache may share', async () => {
    const result = await page({ 'Content-Type': 'text/html', ETag: '"a"', 'Cache-Control': 'public, max-age=60' });
    const [, nonce] = /'nonce-(.*)'/.exec(result.headers.get('content-security-policy')!)!;
    expect(result.text()).toBe(`<script nonce="${nonce}">1</script>`);
    expect([result.headers.has('etag'), result.headers.get('cache-control')]).toEqual([false, 'private, max-age=60']);
    expect((await page({ 'Content-Type': 'text/html' })).headers.get('cache-control')).toBe('private');
    expect(
      (await page({ 'Content-Type': 'text/html', 'Cache-Control': 'no-store' })).headers.get('cache-control'),
    ).toBe('no-store');
  });

  it.each([{ 'Content-Type': 'text/plain' }, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }])(
    'leaves others as they are: %j',
    async (headers) => {
      expect((await page(headers)).text()).toContain('__nonce__');
    },
  );
});

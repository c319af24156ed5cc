import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

const site = (
  more: string,
  route = 'respond: { body: "<script nonce=NONCE>1</script>", headers: { Content-Type: text/html, X-Powered-By: us } }',
): string => `sites: { a: { hosts: [a.example], ${more}, routes: [{ path: /, ${route} }] } }`;

async function ask(text: string, init: Parameters<typeof runHandler>[1] & object = {}) {
  const handler = await handlerOf(text);
  return runHandler(handler, { scheme: 'https', headers: { Host: 'a.example' }, ...init });
}

describe('securityHeaders', () => {
  it('sends the usual set, and other values if they are named', async () => {
    const { headers } = await ask(site('securityHeaders: true'));
    expect([
      headers.get('x-frame-options'),
      headers.get('strict-transport-security'),
      headers.has('x-powered-by'),
    ]).toEqual(['SAMEORIGIN', 'max-age=31536000', false]);
    expect(headers.has('content-security-policy')).toBe(false);
    const other = await ask(
      site('securityHeaders: { frameOptions: DENY, referrerPolicy: false, contentSecurityPolicy: true }'),
    );
    expect([other.headers.get('x-frame-options'), other.headers.has('referrer-policy')]).toEqual(['DENY', false]);
    expect(other.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('writes nonces into pages, and keeps them out of caches', async () => {
    const policy =
      'securityHeaders: { insertNonce: NONCE, contentSecurityPolicy: { directives: { script-src: [nonce] } } }, cache: true';
    const handler = await handlerOf(site(policy));
    const seen = new Set<string>();
    for (let count = 0; count < 2; count++) {
      const result = await runHandler(handler, { headers: { Host: 'a.example' } });
      const [, nonce] = /'nonce-([^']+)'/.exec(result.headers.get('content-security-policy')!)!;
      expect(result.text()).toBe(`<script nonce=${nonce}>1</script>`);
      seen.add(nonce!);
    }
    expect(seen.size).toBe(2);
  });

  it('keeps pages of applications that use the nonce out of caches, and their 304 without a new one', async () => {
    const policy = 'securityHeaders: { contentSecurityPolicy: { directives: { script-src: [nonce] } } }, cache: true';
    const fields =
      'headers: { Content-Type: text/html, Cache-Control: "public, max-age=60, s-maxage=60", ETag: "\\"a\\"" }';
    const handler = await handlerOf(site(policy, `respond: { body: page, ${fields} }`));
    for (let count = 0; count < 2; count++) {
      const { headers } = await runHandler(handler, { headers: { Host: 'a.example' } });
      expect([headers.get('cache-control'), headers.get('cache-status') ?? '']).toEqual([
        'private, max-age=60',
        expect.not.stringContaining('; hit;'),
      ]);
    }
    const stale = await handlerOf(site(policy, `respond: { status: 304, ${fields} }`));
    const { headers } = await runHandler(stale, { headers: { Host: 'a.example' } });
    expect(headers.has('content-security-policy')).toBe(false);
  });

  it('takes the reports of browsers', async () => {
    const text = site('securityHeaders: { reports: /csp, contentSecurityPolicy: { reportOnly: true } }');
    const { headers } = await ask(text);
    expect(headers.get('content-security-policy-report-only')).toContain('report-uri /csp');
    const body = JSON.stringify({ 'csp-report': { 'violated-directive': 'script-src' } });
    expect((await ask(text, { method: 'POST', url: '/csp', body })).status).toBe(204);
  });

  it('says what is wrong with a policy', async () => {
    const text = site('securityHeaders: { contentSecurityPolicy: { directives: { script-src: self } } }');
    await expect(ask(text)).rejects.toThrow(/self needs quotes/);
  });
});

describe('responseHeaders and requestHeaders', () => {
  it('change what they name, from the outside in', async () => {
    const text = `responseHeaders: { set: { X-A: top, X-B: "{path}" } }\n${site(
      'responseHeaders: [{ set: { X-A: site } }, { add: { X-C: "1" }, statuses: [404] }], requestHeaders: { remove: [X-Secret] }',
    )}`;
    const { headers } = await ask(text);
    expect([headers.get('x-a'), headers.get('x-b'), headers.has('x-c')]).toEqual(['top', '/', false]);
  });
});

describe('serverTiming and allowedHosts', () => {
  it('tell the time, and refuse other hosts', async () => {
    expect((await ask(site('serverTiming: true'))).headers.get('server-timing')).toBe('total;dur=0');
    const text = `defaultSite: a\n${site('allowedHosts: [a.example]')}`;
    expect((await ask(text)).status).toBe(200);
    expect((await ask(text, { headers: { Host: 'b.example' } })).status).toBe(400);
  });
});

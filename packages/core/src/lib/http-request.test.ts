import { describe, expect, it } from 'vitest';
import { HttpHeaders } from './http-headers.ts';
import { HttpRequest, type RequestFacts } from './http-request.ts';
import { RequestBody } from './request-body.ts';
import { toPushBody } from './to-push-body.ts';

const make = (facts: Partial<RequestFacts>): HttpRequest =>
  new HttpRequest({
    method: 'GET',
    target: '/',
    httpVersion: '1.1',
    scheme: 'http',
    headers: [],
    host: 'example.com',
    body: null,
    upgrade: null,
    ...facts,
  });

const codeOf = (facts: Partial<RequestFacts>): unknown => {
  try {
    make(facts);
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return null;
};

describe('HttpRequest', () => {
  it('keeps the raw target and shows the canonical path', () => {
    const request = make({ target: '/a/../%61b?x=%2e' });
    expect(request.target).toBe('/a/../%61b?x=%2e');
    expect([request.path, request.query, request.url]).toEqual(['/ab', 'x=%2e', '/ab?x=%2e']);
  });

  it('reads the body that a middleware has put in place of the first one, in copies too', async () => {
    const request = make({});
    request.body = new RequestBody(toPushBody('another'));
    expect([request.body.length, await request.body.text()]).toEqual([7, 'another']);
    expect(await request.copy().body.text()).toBe('another');
  });

  it('decodes segments once, on first use', () => {
    const request = make({ target: '/a%252f/%C3%A9' });
    expect(request.segments).toEqual(['a%2f', 'é']);
    expect(request.segments).toBe(request.segments);
  });

  it('has null segments when the path is not UTF-8', () => {
    expect(make({ target: '/%FF' }).segments).toBeNull();
  });

  it('takes host and port from the Host header', () => {
    const request = make({ host: 'EXAMPLE.com.:8080' });
    expect([request.host, request.port]).toEqual(['example.com', 8080]);
  });

  it.each([
    ['the same name', 'http://example.com/', 'example.com'],
    ['another case and a trailing dot', 'http://EXAMPLE.com./', 'example.com'],
    ['the port that is usual for http', 'http://example.com:80/', 'example.com'],
    ['the port that is usual for https', 'https://example.com/', 'example.com:443'],
  ])('accepts an absolute target with %s', (_, target, host) => {
    const scheme = target.startsWith('https') ? 'https' : 'http';
    expect(make({ target, host, scheme }).host).toBe('example.com');
  });

  it.each([
    ['https', 'http', 'https://example.com/'],
    ['http', 'https', 'http://example.com/'],
    ['ftp', 'http', 'ftp://example.com/'],
    ['ws', 'http', 'WS://example.com/'],
  ] as const)('refuses an absolute target of %s in a request that came over %s', (_, scheme, target) => {
    expect(codeOf({ target, scheme, host: 'example.com' })).toBe('CORE_TARGET_INVALID');
    expect(codeOf({ target, scheme, host: undefined })).toBe('CORE_TARGET_INVALID');
  });

  it.each([
    ['another host', 'http://other.com/', 'example.com'],
    ['another port', 'http://example.com:8080/', 'example.com'],
    ['a port of the other scheme', 'http://example.com/', 'example.com:443'],
    ['an empty Host', 'http://example.com/', ''],
  ])('refuses an absolute target with %s', (_, target, host) => {
    expect(codeOf({ target, host })).toBe('CORE_HOST_MISMATCH');
  });

  it('takes the host of an absolute target when there is no Host header', () => {
    const request = make({ target: 'http://Example.com:81/', host: undefined });
    expect([request.host, request.port]).toEqual(['example.com', 81]);
  });

  it('refuses userinfo in the target and in the Host header', () => {
    expect(codeOf({ target: 'http://a@example.com/' })).toBe('CORE_HOST_INVALID');
    expect(codeOf({ host: 'a@example.com' })).toBe('CORE_HOST_INVALID');
  });

  it('reads the target of CONNECT as a host', () => {
    const request = make({ method: 'CONNECT', target: 'Upstream:443', host: 'upstream:443' });
    expect([request.host, request.port, request.path]).toEqual(['upstream', 443, '']);
    expect(codeOf({ method: 'CONNECT', target: '/a' })).toBe('CORE_HOST_INVALID');
  });

  it('has an empty host when the client named none', () => {
    expect(make({ host: undefined }).host).toBe('');
  });

  it('takes a flat list of fields or headers', () => {
    expect(make({ headers: ['accept', '*/*', 'Accept'] }).headers.get('accept')).toBe('*/*');
    const headers = new HttpHeaders({ a: '1' });
    expect(make({ headers }).headers).toBe(headers);
  });

  it('has an empty body when there is none', async () => {
    expect((await make({}).body.bytes()).byteLength).toBe(0);
  });

  it('reads a rewritten URL by the rules of the first', () => {
    const request = make({ target: '/old' });
    expect(request.segments).toEqual(['old']);
    request.rewrite('/a/%2e%2e/new?x');
    expect([request.path, request.query, request.segments]).toEqual(['/new', 'x', ['new']]);
    expect(request.target).toBe('/old');
    expect(() => request.rewrite('/a%2F..')).toThrow(expect.objectContaining({ code: 'CORE_TARGET_INVALID' }));
    expect(() => request.rewrite('*')).toThrow(expect.objectContaining({ code: 'CORE_TARGET_INVALID' }));
    expect(request.path).toBe('/new');
  });
});

import { HttpRequest } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { upstreamTarget } from './upstream-target.ts';

const request = (target: string): HttpRequest =>
  new HttpRequest({
    method: 'GET',
    target,
    httpVersion: '1.1',
    scheme: 'http',
    headers: [],
    host: 'a',
    body: null,
    upgrade: null,
  });

describe('upstreamTarget()', () => {
  it.each<[string, string | null, string, string]>([
    ['/a%2Bb%3b?x=%61', null, '/a+b;?x=%61', '/a%2Bb%3b?x=%61'],
    ['/plain', null, '/plain', '/plain'],
    ['http://a/o%2Bne', null, '/o+ne', '/o%2Bne'],
    ['/api/a%2Bb', '/api', '/a+b', '/a%2Bb'],
    ['/%61pi/a%2Bb', '/api', '/a+b', '/a+b'], // the prefix in another spelling
    ['/api/../api/%2B', '/api', '/+', '/+'], // removing the raw prefix would lead elsewhere
  ])('%s without %s is %s, as sent %s', (target, prefix, canonical, asSent) => {
    expect(upstreamTarget(request(target), prefix, 'canonical')).toBe(canonical);
    expect(upstreamTarget(request(target), prefix, 'as-sent')).toBe(asSent);
  });

  it('forwards what a rewrite made of a request, never what was sent', () => {
    const rewritten = request('/a%2Bb');
    rewritten.rewrite('/other');
    expect(upstreamTarget(rewritten, null, 'as-sent')).toBe('/other');
  });
});

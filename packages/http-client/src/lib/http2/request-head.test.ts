import { describe, expect, it } from 'vitest';
import { requestHead } from './request-head.ts';

describe('requestHead()', () => {
  it('has method, target and host of a request', () => {
    const { head, key } = requestHead({ method: 'POST', target: '/a?b', host: 'shop' }, 'https', 'own', 5);
    expect(head).toMatchObject({ method: 'POST', scheme: 'https', authority: 'shop', path: '/a?b', protocol: null });
    expect([head.fields.slice(0, 2), key]).toEqual([['content-length', '5'], undefined]);
  });

  it('has the host of the origin without one', () => {
    expect(requestHead({ method: 'GET', target: '/' }, 'http', 'own:81', 0).head.authority).toBe('own:81');
  });

  it('is an extended CONNECT without the key for an upgrade (RFC 8441 §5)', () => {
    const fields = ['sec-websocket-key', 'abc', 'x', 'sec-websocket-version', '13', 'x'];
    const request = { method: 'GET', target: '/chat', upgrade: 'websocket', fields };
    expect(requestHead(request, 'http', 'own', 0)).toEqual({
      head: {
        ...{ method: 'CONNECT', scheme: 'http', authority: 'own', path: '/chat', protocol: 'websocket' },
        fields: ['sec-websocket-version', '13', 'x'],
      },
      key: 'abc',
    });
  });
});

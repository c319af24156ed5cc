import { describe, expect, it } from 'vitest';
import { contextKey } from './context-key.ts';
import { PlainExchange } from './exchange-fixtures.ts';
import type { HeaderInit } from './header-init.ts';
import type { ClientIdentity, HttpContext } from './http-context.ts';
import { HttpRequest } from './http-request.ts';

const make = (inform: (status: number, headers: HeaderInit) => void = () => undefined): HttpContext => {
  const facts = { method: 'GET', target: '/', httpVersion: '1.1', scheme: 'http', headers: [], upgrade: null } as const;
  const request = new HttpRequest({ ...facts, headers: [], host: 'example.com:8080', body: null });
  return new PlainExchange(request, inform).context;
};

const withCode = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('HttpContext.inform()', () => {
  it.each([100, 102, 103, 104, 199])('sends %d now', (status) => {
    const sent: unknown[] = [];
    make((...interim) => sent.push(interim)).inform(status, { link: '</a.css>' });
    expect(sent).toEqual([[status, { link: '</a.css>' }]]);
  });

  it.each([101, 99, 102.5, 200, 0, Number.NaN])('refuses %d', (status) => {
    expect(() => make().inform(status, {})).toThrow(withCode('CORE_INFORM_INVALID'));
  });
});

describe('HttpContext.client', () => {
  it('is the connection until somebody knows better', () => {
    expect(make().client).toEqual({
      address: '192.0.2.7',
      port: 50_000,
      scheme: 'http',
      host: 'example.com',
      hostPort: 8080,
      source: 'connection',
    });
  });

  it('is set once', () => {
    const context = make();
    const identity: ClientIdentity = { ...context.client, address: '203.0.113.9', source: 'forwarded by 192.0.2.7' };
    context.setClient(identity);
    expect(context.client).toBe(identity);
    expect(() => context.setClient(identity)).toThrow(withCode('CORE_CLIENT_ALREADY_SET'));
  });
});

describe('contextKey()', () => {
  it('is interned by name: two packages need no shared import', () => {
    const context = make();
    expect(context.get(contextKey('auth.user'))).toBeUndefined();
    context.set(contextKey<string>('auth.user'), 'ada');
    expect(context.get(contextKey<string>('auth.user'))).toBe('ada');
    expect(contextKey('auth.user')).toBe(Symbol.for('windhover.auth.user'));
  });

  it.each(['__proto__', 'constructor'])('may be called %s', (name) => {
    expect(make().get(contextKey(name))).toBeUndefined();
  });
});

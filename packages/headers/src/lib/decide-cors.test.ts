import { HttpHeaders, type HttpRequest } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { type CorsOptions, corsPolicy } from './cors-policy.ts';
import { decideCors } from './decide-cors.ts';

function decide(method: string, fields: Readonly<Record<string, string | string[]>>, options: CorsOptions): unknown {
  const decision = decideCors({ method, headers: new HttpHeaders(fields) } as HttpRequest, corsPolicy(options));
  return 'headers' in decision ? { kind: decision.kind, ...Object.fromEntries(decision.headers) } : decision;
}

const Origin = 'https://a.example';
const asks = { Origin, 'Access-Control-Request-Method': 'PUT' };
const list: CorsOptions = { origins: [Origin] };

describe('decideCors()', () => {
  it('lets the page of an origin that is named read the answer', () => {
    expect(decide('GET', { Origin }, list)).toEqual({ kind: 'allowed', 'Access-Control-Allow-Origin': Origin });
  });

  it('says with credentials and exposed headers what a page may do and read', () => {
    expect(decide('POST', { Origin }, { ...list, credentials: true, exposedHeaders: ['ETag', 'X-Total'] })).toEqual({
      kind: 'allowed',
      'Access-Control-Allow-Origin': Origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': 'ETag, X-Total',
    });
  });

  it('answers a preflight with the defaults: methods and headers that are safe, five minutes', () => {
    expect(decide('OPTIONS', { ...asks, 'Access-Control-Request-Headers': 'x-custom' }, list)).toEqual({
      kind: 'preflight',
      'Access-Control-Allow-Origin': Origin,
      'Access-Control-Allow-Methods': 'GET, HEAD, POST',
      'Access-Control-Allow-Headers': 'Content-Type',
      'Access-Control-Max-Age': '300',
    });
  });

  it('answers a preflight with everything that options say', () => {
    const options = { ...list, credentials: true, methods: ['PUT'], headers: [], maxAgeMs: 1999, privateNetwork: true };
    expect(decide('OPTIONS', { ...asks, 'Access-Control-Request-Private-Network': 'true' }, options)).toEqual({
      kind: 'preflight',
      'Access-Control-Allow-Origin': Origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': 'PUT',
      'Access-Control-Max-Age': '1',
      'Access-Control-Allow-Private-Network': 'true',
    });
  });

  it('gives back what was asked for only where options say any', () => {
    const asked = { ...asks, 'Access-Control-Request-Headers': 'x-one ,, X-Two' };
    expect(decide('OPTIONS', asked, { ...list, methods: 'any', headers: 'any', maxAgeMs: null })).toEqual({
      kind: 'preflight',
      'Access-Control-Allow-Origin': Origin,
      'Access-Control-Allow-Methods': 'PUT',
      'Access-Control-Allow-Headers': 'x-one, X-Two',
    });
  });

  it.each([
    ['a method that is none', { 'Access-Control-Request-Method': 'P T' }],
    ['two methods', { 'Access-Control-Request-Method': ['PUT', 'GET'] }],
    ['a header name that is none', { 'Access-Control-Request-Headers': 'x-one, x two' }],
    ['an open quote', { 'Access-Control-Request-Headers': '"x-one, x-two' }],
  ])('refuses a preflight that asks for %s', (_what, fields) => {
    const any: CorsOptions = { origins: '*', methods: 'any', headers: 'any' };
    expect(decide('OPTIONS', { ...asks, ...fields }, any)).toMatchObject({ kind: 'refused', isPreflight: true });
  });

  it('reads a list of 100,000 commas and blanks in passing (CORS header-list ReDoS)', () => {
    const fields = { ...asks, 'Access-Control-Request-Headers': ' ,\t'.repeat(100_000) };
    expect(decide('OPTIONS', fields, { ...list, headers: 'any' })).toMatchObject({ kind: 'preflight' });
  });

  it.each([
    ['an origin that is not named', 'https://b.example'],
    ['null, which is not named', 'null'],
    ['two Origin fields', [Origin, Origin]],
    ['a list of origins', `${Origin}, ${Origin}`],
    ['nothing', ''],
  ])('refuses %s', (_what, origin) => {
    expect(decide('GET', { Origin: origin }, list)).toMatchObject({ kind: 'refused', isPreflight: false });
    expect(decide('OPTIONS', { ...asks, Origin: origin }, list)).toMatchObject({ kind: 'refused', isPreflight: true });
  });

  it('has nothing to say where no Origin is, and no preflight is OPTIONS alone', () => {
    expect(decide('GET', {}, list)).toEqual({ kind: 'none' });
    expect(decide('OPTIONS', { 'Access-Control-Request-Method': 'PUT' }, list)).toEqual({ kind: 'none' });
    expect(decide('OPTIONS', { Origin }, list)).toMatchObject({ kind: 'allowed' });
    expect(decide('GET', asks, list)).toMatchObject({ kind: 'allowed' });
  });

  it("says '*' to everybody, and never what somebody sent", () => {
    const everybody: CorsOptions = { origins: '*' };
    for (const fields of [{}, { Origin }, { Origin: 'null' }, { Origin: [Origin, Origin] }]) {
      expect(decide('GET', fields, everybody)).toEqual({ kind: 'allowed', 'Access-Control-Allow-Origin': '*' });
    }
    expect(decide('OPTIONS', asks, everybody)).toMatchObject({ 'Access-Control-Allow-Origin': '*' });
  });

  describe('with a function', () => {
    it('allows what it answers true for', () => {
      const options: CorsOptions = { origins: (origin, { method }) => origin.endsWith('.example') && method === 'GET' };
      expect(decide('GET', { Origin }, options)).toMatchObject({ kind: 'allowed' });
      expect(decide('POST', { Origin }, options)).toMatchObject({ kind: 'refused' });
    });

    it('does not take a promise for a yes, nor anything else that is not true', () => {
      for (const answer of [Promise.resolve(false), Promise.resolve(true), 1, 'yes', {}]) {
        expect(decide('GET', { Origin }, { origins: () => answer as boolean })).toMatchObject({ kind: 'refused' });
      }
    });

    it.each(['null', '', 'a.example', `${Origin}/`, `${Origin}, ${Origin}`, 'https://x y', 'https://a.example?'])(
      'does not ask it about %j, which is no origin',
      (origin) => {
        const asked: string[] = [];
        const options: CorsOptions = { origins: (each) => asked.push(each) > 0 };
        expect(decide('GET', { Origin: origin }, options)).toMatchObject({ kind: 'refused' });
        expect(asked).toEqual([]);
      },
    );
  });
});

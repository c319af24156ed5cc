import { describe, expect, it } from 'vitest';
import { HttpHeaders } from './http-headers.ts';
import { HttpResponse } from './http-response.ts';

const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return null;
};

describe('HttpHeaders', () => {
  it('finds a field whatever the case and keeps its spelling', () => {
    const headers = new HttpHeaders({ 'X-Request-ID': '7' });
    expect(headers.get('x-request-id')).toBe('7');
    expect(headers.get('X-REQUEST-ID')).toBe('7');
    expect([...headers]).toEqual([['X-Request-ID', '7']]);
    expect(headers.fields).toEqual(['x-request-id', '7', 'X-Request-ID']);
  });

  it('joins several fields of one name with a comma', () => {
    const headers = new HttpHeaders([
      ['Accept', 'a'],
      ['Host', 'x'],
      ['accept', 'b'],
    ]);
    expect(headers.get('accept')).toBe('a, b');
    expect(headers.getAll('accept')).toEqual(['a', 'b']);
    expect(headers.size).toBe(3);
  });

  it('joins cookie fields with a semicolon (RFC 9113 §8.2.3)', () => {
    const headers = new HttpHeaders().append('cookie', 'a=1').append('Cookie', 'b=2');
    expect(headers.get('Cookie')).toBe('a=1; b=2');
  });

  it('keeps every set-cookie apart', () => {
    const headers = new HttpHeaders({ 'Set-Cookie': ['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'b=2'] });
    expect(headers.getAll('set-cookie')).toEqual(['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'b=2']);
  });

  it('replaces every field of a name on set, in the place of the first', () => {
    const headers = new HttpHeaders([
      ['a', '1'],
      ['b', '2'],
      ['A', '3'],
    ]);
    headers.set('A', '4');
    expect([...headers]).toEqual([
      ['A', '4'],
      ['b', '2'],
    ]);
    headers.set('b', ['5', '6']);
    expect(headers.getAll('b')).toEqual(['5', '6']);
    headers.set('b', []);
    expect(headers.has('b')).toBe(false);
  });

  it('deletes every field of a name and says whether there was one', () => {
    const headers = new HttpHeaders([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
    expect(headers.delete('A')).toBe(true);
    expect(headers.delete('A')).toBe(false);
    expect([...headers]).toEqual([['b', '2']]);
    headers.clear();
    expect(headers.size).toBe(0);
  });

  it('assigns a record, pairs, a Map, web Headers or other headers', () => {
    const expected = [
      ['a', '1'],
      ['b', '2'],
    ];
    const init = { a: '1', b: '2' };
    const others = [Object.entries(init), new Map(Object.entries(init)), new Headers(init), new HttpHeaders(init)];
    for (const each of [init, ...others]) expect([...new HttpHeaders({ a: 'old' }).assign(each)]).toEqual(expected);
  });

  it('is the same after it was assigned itself', () => {
    const headers = new HttpHeaders({ a: '1', b: '2', c: '3' });
    expect([...headers.assign(headers)]).toEqual(Object.entries({ a: '1', b: '2', c: '3' }));
  });

  it('reads the flat list of a parser without a copy', () => {
    const fields = ['host', 'x', 'Host'];
    expect(HttpHeaders.fromFields(fields).fields).toBe(fields);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('treats %s as a name like any other', (name) => {
    expect(new HttpHeaders().get(name)).toBeUndefined();
    expect(new HttpHeaders().has(name)).toBe(false);
    const record = JSON.parse(`{"${name}":"x"}`) as Record<string, string>;
    expect(new HttpHeaders(record).get(name)).toBe('x');
    expect({}).not.toHaveProperty('x');
  });

  it('takes nothing from the prototype of a record', () => {
    const record = Object.create({ inherited: 'x' }) as Record<string, string>;
    expect(new HttpHeaders(record).size).toBe(0);
  });

  it.each([5, null, undefined, {}])('refuses %s, which is no text', (value) => {
    expect(codeOf(() => new HttpHeaders().set('x', value as never))).toBe('CORE_HEADER_INVALID');
    expect(codeOf(() => new HttpHeaders().append('x', value as never))).toBe('CORE_HEADER_INVALID');
  });

  it.each(['a\r\nb', 'a\nb', 'a\rb', 'a\0b', 'a\x7fb', 'a\x1bb', 'snow ☃'])('refuses the value %j', (value) => {
    expect(codeOf(() => new HttpHeaders().set('x', value))).toBe('CORE_HEADER_INVALID');
    expect(codeOf(() => new HttpHeaders().append('x', value))).toBe('CORE_HEADER_INVALID');
    expect(codeOf(() => new HttpHeaders().set('x', ['fine', value]))).toBe('CORE_HEADER_INVALID');
    expect(codeOf(() => new HttpHeaders({ x: value }))).toBe('CORE_HEADER_INVALID');
  });

  it.each(['', 'a b', 'a:', 'a\r\n', 'a\0', 'é', '(a)', 'a,b'])('refuses the name %j', (name) => {
    expect(codeOf(() => new HttpHeaders().set(name, 'x'))).toBe('CORE_HEADER_INVALID');
  });

  it('accepts tabs and latin1 in a value, and the empty value', () => {
    const headers = new HttpHeaders({ a: 'x\ty', b: 'caf\xe9', c: '' });
    expect([headers.get('a'), headers.get('b'), headers.get('c')]).toEqual(['x\ty', 'caf\xe9', '']);
  });

  it('changes nothing when one of several values is refused', () => {
    const headers = new HttpHeaders({ a: '1' });
    expect(codeOf(() => headers.set('a', ['2', '\n']))).toBe('CORE_HEADER_INVALID');
    expect(headers.get('a')).toBe('1');
  });
});

describe('HttpResponse.headers', () => {
  it.each(['connection', 'Content-Length', 'Keep-Alive', 'Proxy-Connection', 'TE', 'Transfer-Encoding'])(
    'refuses %s: the server alone frames messages',
    (name) => {
      const { headers } = new HttpResponse();
      expect(codeOf(() => headers.set(name, 'x'))).toBe('CORE_HEADER_FRAMING');
      expect(codeOf(() => headers.append(name, 'x'))).toBe('CORE_HEADER_FRAMING');
      expect(codeOf(() => headers.assign({ [name]: ['x'] }))).toBe('CORE_HEADER_FRAMING');
      expect(codeOf(() => headers.assign([[name, 'x']]))).toBe('CORE_HEADER_FRAMING');
      expect(headers.size).toBe(0);
    },
  );
});

describe('HttpResponse.headers and Trailer', () => {
  it('announces trailers (RFC 9110 §6.6.2)', () => {
    const { headers } = new HttpResponse();
    headers.set('Trailer', 'X-Sum');
    expect(headers.get('trailer')).toBe('X-Sum');
  });
});

describe('HttpResponse.headers and Upgrade', () => {
  it('names the protocols that are offered (RFC 9110 §7.8)', () => {
    const { headers } = new HttpResponse();
    headers.set('Upgrade', 'websocket');
    expect(headers.get('upgrade')).toBe('websocket');
  });
});

it('keeps working, and small, when a peer sends many names of any length', () => {
  const headers = new HttpHeaders();
  for (let index = 0; index < 1000; index++) headers.set(`x-${index}-${'y'.repeat(index)}`, 'z');
  headers.set('Content-Type', 'text/plain');
  expect([headers.size, headers.get('content-type'), headers.get('X-7-YYYYYYY')]).toEqual([1001, 'text/plain', 'z']);
});

import { describe, expect, it } from 'vitest';
import { JudgedFields } from '../judged-fields.ts';
import { http2Fields } from './http2-fields.ts';

const get = { method: 'GET', target: '/' };
const te = ['te', 'trailers', 'TE'];

describe('http2Fields()', () => {
  it('reads lines that were judged, and keeps their values as they are', () => {
    const fields = new JudgedFields('X-A: 1\r\nx-b:2\r\nX-C: \ta : b\xa0 \t\r\nX-D:\r\n');
    expect(http2Fields({ ...get, fields }, 0)).toEqual([
      ...['x-a', '1', 'X-A'],
      ...['x-b', '2', 'x-b'],
      ...['x-c', 'a : b\xa0', 'X-C'],
      ...['x-d', '', 'X-D'],
      ...te,
    ]);
  });

  it.each(['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te'])(
    'refuses %s from callers',
    (name) => {
      expect(() => http2Fields({ ...get, fields: [name, 'x', name] }, 0)).toThrow(`${name} cannot be set`);
    },
  );

  it('leaves the list of the caller alone', () => {
    const fields = ['x-a', '1', 'X-A'];
    expect(http2Fields({ ...get, fields }, 0)).toEqual([...fields, ...te]);
    expect(fields).toEqual(['x-a', '1', 'X-A']);
  });

  it.each([
    ['GET', 0, undefined],
    ['POST', 0, '0'],
    ['POST', 5, '5'],
    ['GET', 5, '5'],
    ['POST', null, undefined],
  ])('announces for %s with a body of %s: %s', (method, length, expected) => {
    const fields = http2Fields({ ...get, method }, length);
    const at = fields.indexOf('content-length');
    expect(at < 0 ? undefined : fields[at + 1]).toBe(expected);
  });

  it('adds nothing to an upgrade, which has no body', () => {
    expect(http2Fields({ ...get, upgrade: 'websocket' }, 0)).toEqual([]);
    expect(() => http2Fields({ ...get, upgrade: 'websocket' }, 5)).toThrow('an upgrade over HTTP/2 has no body');
  });
});

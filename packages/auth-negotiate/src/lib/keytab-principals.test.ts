import { describe, expect, it } from 'vitest';
import { keytabPrincipals } from './keytab-principals.ts';

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const count = (value: number): Buffer => Buffer.from([0, value]);
const sized = (entry: Buffer, sign = 1): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(sign * entry.length);
  return Buffer.concat([size, entry]);
};
const entry = (realm: string, ...names: string[]): Buffer =>
  Buffer.concat([count(names.length), text(realm), ...names.map(text), Buffer.alloc(11), text('key')]);
const keytab = (...entries: Buffer[]): Buffer => Buffer.concat([Buffer.from([5, 2]), ...entries]);
const http = entry('EXAMPLE', 'HTTP', 'www.example');

describe('keytabPrincipals()', () => {
  it('names each principal once, and leaves out what was removed', () => {
    const file = keytab(
      sized(http),
      sized(entry('OTHER', 'ada'), -1),
      sized(http),
      sized(entry('EXAMPLE', 'host', 'x')),
    );
    expect(keytabPrincipals(file)).toEqual(['HTTP/www.example@EXAMPLE', 'host/x@EXAMPLE']);
    expect(keytabPrincipals(keytab())).toEqual([]);
    expect(keytabPrincipals(keytab(sized(http), Buffer.alloc(4)))).toHaveLength(1);
  });

  it('takes nothing else for a keytab, wherever it is cut', () => {
    for (const other of [Buffer.alloc(0), Buffer.from('5'), Buffer.from([5, 1]), Buffer.from('[libdefaults]\n')])
      expect(keytabPrincipals(other)).toBe(null);
    const whole = keytab(sized(http));
    for (let length = 3; length < whole.length; length++)
      expect(keytabPrincipals(whole.subarray(0, length))).toBe(null);
    expect(keytabPrincipals(keytab(sized(count(9))))).toBe(null);
  });
});

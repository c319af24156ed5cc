import { describe, expect, it } from 'vitest';
import { decodeLatin1, decodeLatin1Portably, encodeLatin1 } from './latin1.ts';

const everyByte = Uint8Array.from({ length: 20_000 }, (_, i) => i & 255);

describe.each([
  ['decodeLatin1()', decodeLatin1],
  ['decodeLatin1Portably()', decodeLatin1Portably],
])('%s', (_name, decode) => {
  it('gives one character for each byte, 0x80 to 0x9f included', () => {
    const text = decode(everyByte, 0, everyByte.length);
    expect(text).toHaveLength(everyByte.length);
    expect(Array.from(everyByte).every((byte, i) => text.charCodeAt(i) === byte)).toBe(true);
  });

  it('decodes the part it is asked for', () => {
    expect(decode(encodeLatin1('abcdef'), 2, 4)).toBe('cd');
    expect(decode(everyByte, 5, 5)).toBe('');
  });
});

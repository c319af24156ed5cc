import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { canCompress, RawCodec } from './raw-codec.ts';

describe('RawCodec', () => {
  it('works on this Node', () => expect(canCompress()).toBe(true));

  it('begins a new stream after one that has ended (BFINAL, RFC 7692 §7.2.3.4)', () => {
    const inflater = RawCodec.inflater();
    const ended = Buffer.concat([deflateRawSync('Hello'), Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff])]);
    for (let round = 0; round < 3; round++) expect(String(inflater.run(ended, 100))).toBe('Hello');
    inflater.close();
  });

  it('gives up above a limit, and on bytes that are not deflated', () => {
    const deflater = RawCodec.deflater(15, 6);
    const bomb = deflater.run(Buffer.alloc(1_000_000), 1e9)!;
    const inflater = RawCodec.inflater();
    expect(inflater.run(bomb, 999_999)).toBeNull();
    expect(inflater.isBroken).toBe(false);
    const other = RawCodec.inflater();
    expect(other.run(Buffer.from([0xff, 0xff, 0xff]), 100)).toBeNull();
    expect(other.isBroken).toBe(true);
    for (const codec of [deflater, inflater, other]) codec.close();
  });
});

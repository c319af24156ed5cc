import { describe, expect, it } from 'vitest';
import { decodeHuffman } from './huffman-decode.ts';
import { encodeHuffman, huffmanLength } from './huffman-encode.ts';

describe('encodeHuffman() and decodeHuffman()', () => {
  it('agree on every byte at every position of the bits', () => {
    for (let byte = 0; byte < 256; byte++) {
      for (let shift = 0; shift < 8; shift++) {
        const text = `${'0'.repeat(shift)}${String.fromCharCode(byte)}a`;
        const encoded = new Uint8Array(64);
        const length = encodeHuffman(text, encoded, 0);
        expect(length).toBe(huffmanLength(text));
        const decoded = new Uint8Array(64);
        const count = decodeHuffman(encoded, 0, length, decoded);
        expect(Buffer.from(decoded.subarray(0, count)).toString('latin1')).toBe(text);
      }
    }
  });

  it('write the code of RFC 7541 Appendix C.4.1', () => {
    const encoded = new Uint8Array(16);
    const length = encodeHuffman('www.example.com', encoded, 0);
    expect(Buffer.from(encoded.subarray(0, length)).toString('hex')).toBe('f1e3c2e5f23a6ba0ab90f4ff');
  });
});

import { huffmanLengths } from './huffman-lengths.ts';

export const EOS = 256;

/** The code of each byte, right-aligned (RFC 7541 Appendix B). A canonical code counts up within each length. */
export const huffmanCodes: Uint32Array = codesOf(huffmanLengths);

function codesOf(lengths: readonly number[]): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= 30; length++) {
    code = (code << 1) >>> 0;
    for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) codes[symbol] = code++;
  }
  return codes;
}

import { huffmanCodes } from './huffman-codes.ts';
import { huffmanLengths } from './huffman-lengths.ts';

/** How many bytes the Huffman code of a latin1 string has. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let index = 0; index < text.length; index++) bits += huffmanLengths[text.charCodeAt(index)]!;
  return (bits + 7) >> 3;
}

/** Writes the Huffman code of a latin1 string at `at`; returns the position after it. */
export function encodeHuffman(text: string, target: Uint8Array, at: number): number {
  let position = at;
  let pending = 0;
  let bits = 0; // of `pending`; fewer than 8 between symbols
  for (let index = 0; index < text.length; index++) {
    const symbol = text.charCodeAt(index);
    const code = huffmanCodes[symbol]!;
    let left = huffmanLengths[symbol]!;
    while (left > 0) {
      const taken = Math.min(8 - bits, left);
      left -= taken;
      pending = (pending << taken) | ((code >>> left) & ((1 << taken) - 1));
      bits += taken;
      if (bits < 8) continue;
      target[position++] = pending;
      pending = 0;
      bits = 0;
    }
  }
  // RFC 7541 §5.2: the rest is filled with the first bits of EOS, which are ones.
  if (bits > 0) target[position++] = (pending << (8 - bits)) | ((1 << (8 - bits)) - 1);
  return position;
}

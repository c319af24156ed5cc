import { writeInteger } from './hpack-integer.ts';
import { encodeHuffman, huffmanLength } from './huffman-encode.ts';
import { writeLatin1 } from './latin1.ts';
import { staticNames } from './static-table.ts';

/** The prefixes of literals (RFC 7541 §6.2), as mask and first bits. */
export const INDEXED_MASK = 0x3f;
export const WITH_INDEXING = 0x40;
export const PLAIN_MASK = 0x0f;
export const WITHOUT_INDEXING = 0x00;
export const NEVER_INDEXED = 0x10;

/** What a literal needs at most beside the characters of its name and value: a prefix and two lengths. */
export const LITERAL_OVERHEAD = 16;

/** Writes a literal without Huffman coding, which one that is sent once is not worth. */
export function writeLiteral(target: Uint8Array, at: number, name: string, value: string, first: number): number {
  const index = staticNames.get(name) ?? 0;
  let position = writeInteger(target, at, index, PLAIN_MASK, first);
  if (index === 0) position = writeText(target, position, name);
  return writeText(target, position, value);
}

/** The bytes of a literal that is sent often, as short as they can be. */
export function encodeLiteral(name: string, value: string, mask: number, first: number): Uint8Array {
  const target = new Uint8Array(LITERAL_OVERHEAD + name.length + value.length);
  const index = staticNames.get(name) ?? 0;
  let position = writeInteger(target, 0, index, mask, first);
  if (index === 0) position = writeShortest(target, position, name);
  position = writeShortest(target, position, value);
  return target.slice(0, position);
}

function writeText(target: Uint8Array, at: number, text: string): number {
  return writeLatin1(target, writeInteger(target, at, text.length, 0x7f, 0), text);
}

function writeShortest(target: Uint8Array, at: number, text: string): number {
  const length = huffmanLength(text);
  if (length >= text.length) return writeText(target, at, text);
  return encodeHuffman(text, target, writeInteger(target, at, length, 0x7f, 0x80));
}

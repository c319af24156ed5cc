/** The four bytes of a masking key (RFC 6455 §5.3) as a number, the first byte lowest, and how many payload bytes were unmasked with it. */
export interface Mask {
  key: number;
  position: number;
}

/** Below this length a loop over bytes is faster than preparing one over words. */
const wordsFrom = 64;

/**
 * Copies `source[from, to)` to `target[at]`, unmasked. Returns the OR of all bytes copied (a multiple of it for words):
 * if no byte of it has its highest bit set, the bytes are ASCII. `target` must start at a multiple of 4 in its buffer.
 */
export function unmask(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  mask: Mask,
): number {
  const length = to - from;
  let key = rotate(mask.key, mask.position);
  let seen = 0;
  mask.position += length;
  if (length < wordsFrom) {
    for (let index = 0; index < length; index++) {
      const byte = source[from + index]! ^ (key & 0xff);
      target[at + index] = byte;
      seen |= byte;
      key = rotate(key, 1);
    }
    return seen;
  }
  target.set(source.subarray(from, to), at);
  const end = at + length;
  let index = at;
  for (; (index & 3) !== 0; index++) {
    target[index]! ^= key & 0xff;
    seen |= target[index]!;
    key = rotate(key, 1);
  }
  const words = new Int32Array(target.buffer, target.byteOffset, end >>> 2);
  for (let at32 = index >>> 2; at32 < words.length; at32++) {
    const plain = words[at32]! ^ key;
    words[at32] = plain;
    seen |= plain;
  }
  for (index = Math.max(index, words.length << 2); index < end; index++) {
    target[index]! ^= key & 0xff;
    seen |= target[index]!;
    key = rotate(key, 1);
  }
  return seen;
}

/** Rotates the key so that its lowest byte is for the position. */
function rotate(key: number, position: number): number {
  const bits = (position & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/** Whether the bytes behind a result of `unmask` are all ASCII. */
export function isAsciiOnly(seen: number): boolean {
  return (seen & 0x80808080) === 0;
}

/** The four bytes of a masking key (RFC 6455 §5.3), and how many payload bytes of the frame were unmasked before. */
export interface Mask {
  readonly key: Uint8Array;
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
  const { key } = mask;
  const length = to - from;
  let phase = mask.position & 3;
  let seen = 0;
  mask.position += length;
  if (length < wordsFrom) {
    for (let index = 0; index < length; index++) {
      const byte = source[from + index]! ^ key[phase]!;
      target[at + index] = byte;
      seen |= byte;
      phase = (phase + 1) & 3;
    }
    return seen;
  }
  target.set(source.subarray(from, to), at);
  const end = at + length;
  let index = at;
  for (; (index & 3) !== 0; index++) {
    target[index]! ^= key[phase]!;
    seen |= target[index]!;
    phase = (phase + 1) & 3;
  }
  const word =
    key[phase]! | (key[(phase + 1) & 3]! << 8) | (key[(phase + 2) & 3]! << 16) | (key[(phase + 3) & 3]! << 24);
  const words = new Int32Array(target.buffer, target.byteOffset, end >>> 2);
  for (let at32 = index >>> 2; at32 < words.length; at32++) {
    const plain = words[at32]! ^ word;
    words[at32] = plain;
    seen |= plain;
  }
  for (index = Math.max(index, words.length << 2); index < end; index++) {
    target[index]! ^= key[phase]!;
    seen |= target[index]!;
    phase = (phase + 1) & 3;
  }
  return seen;
}

/** Whether the bytes behind a result of `unmask` are all ASCII. */
export function isAsciiOnly(seen: number): boolean {
  return (seen & 0x80808080) === 0;
}

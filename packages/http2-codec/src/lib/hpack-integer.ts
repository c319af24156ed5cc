/** Writes an integer behind the bits `first` with a prefix of this mask (RFC 7541 §5.1); returns the position after it. */
export function writeInteger(target: Uint8Array, at: number, value: number, mask: number, first: number): number {
  let position = at;
  if (value < mask) {
    target[position] = first | value;
    return position + 1;
  }
  target[position++] = first | mask;
  let rest = value - mask;
  while (rest >= 0x80) {
    target[position++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[position++] = rest;
  return position;
}

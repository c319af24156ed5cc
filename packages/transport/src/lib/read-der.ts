/** A value of DER: its tag, and where its content stands. */
export interface DerValue {
  readonly tag: number;
  readonly from: number;
  readonly to: number;
}

/** The values between two places of DER (X.690 §8.1). `null`: they do not fill it exactly, or a length has another form than those of certificates. */
export function derValues(bytes: Uint8Array, from = 0, to = bytes.length): readonly DerValue[] | null {
  const values: DerValue[] = [];
  let at = from;
  while (at < to) {
    const tag = bytes[at]!;
    const first = bytes[at + 1] ?? 0x80;
    const extra = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || extra > 3) return null;
    let length = extra === 0 ? first : 0;
    for (let index = 0; index < extra; index += 1) length = length * 256 + (bytes[at + 2 + index] ?? 0);
    const start = at + 2 + extra;
    at = start + length;
    if (at > to) return null;
    values.push({ tag, from: start, to: at });
  }
  return values;
}

/** The values inside one with this tag. `null`: it has another tag, or cannot be read. */
export function derInside(bytes: Uint8Array, value: DerValue | undefined, tag: number): readonly DerValue[] | null {
  return value?.tag === tag ? derValues(bytes, value.from, value.to) : null;
}

/** The content of a value in hexadecimal, to compare object identifiers and keys. */
export function derHex(bytes: Uint8Array, { from, to }: DerValue): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('hex');
}

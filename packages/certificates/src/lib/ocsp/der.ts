import { certificateError } from '../errors.ts';

/** A value of DER (X.690). */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}

/** The tags that certificates and answers of OCSP responders use. */
export const derTags = {
  ...{ integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, enumerated: 0x0a },
  ...{ generalizedTime: 0x18, sequence: 0x30 },
} as const;

/** Reads the value that `bytes` begin with. Throws `CERTIFICATES_OCSP_FAILED`. */
export function readDer(bytes: Uint8Array): DerValue {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw broken();
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first >= 0x80 && (lengthBytes === 0 || lengthBytes > 4)) throw broken();
  let length = first;
  if (lengthBytes > 0) length = bytes.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
  const from = 2 + lengthBytes;
  if (bytes.length < from + length) throw broken();
  return { tag, content: bytes.subarray(from, from + length), whole: bytes.subarray(0, from + length) };
}

/** Reads the values that stand one after the other in `content`. Throws `CERTIFICATES_OCSP_FAILED`. */
export function readDerList(content: Uint8Array): readonly DerValue[] {
  const values: DerValue[] = [];
  for (let rest = content; rest.length > 0; rest = rest.subarray(values.at(-1)!.whole.length))
    values.push(readDer(rest));
  return values;
}

/** Reads the parts of a value of that tag. Throws `CERTIFICATES_OCSP_FAILED` for a missing one, or one of another tag. */
export function derParts(value: DerValue | undefined, tag: number = derTags.sequence): readonly DerValue[] {
  return readDerList(derContent(value, tag));
}

/** The content of a value of that tag. Throws `CERTIFICATES_OCSP_FAILED` for a missing one, or one of another tag. */
export function derContent(value: DerValue | undefined, tag: number): Uint8Array {
  if (value?.tag !== tag) throw broken();
  return value.content;
}

/** The tag of a part that the standard numbers, with a value inside. */
export function derTagOf(number: number): number {
  return 0xa0 | number;
}

/** Writes a value. */
export function writeDer(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function broken(): Error {
  return certificateError('CERTIFICATES_OCSP_FAILED', 'it cannot be read as DER');
}

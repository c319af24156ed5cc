const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Map([...alphabet].map((character, value) => [character, value]));

/**
 * Decodes base64 (RFC 4648 §4). The text may contain only characters of that alphabet. Padding may be missing but must
 * not be wrong; spare bits may be set.
 */
export function decodeBase64(text: string): Uint8Array | null {
  const padding = text.indexOf('=');
  const digits = padding < 0 ? text : text.slice(0, padding);
  if (digits.length % 4 === 1 || (padding >= 0 && text.length % 4 !== 0)) return null;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let bitCount = 0;
  let index = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | (values.get(digit) ?? 0)) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    bytes[index++] = (bits >> bitCount) & 0xff;
  }
  return bytes;
}

/** Encodes bytes as base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(index, index + 3);
    const bits = (first << 16) | (second << 8) | third;
    const count = Math.min(3, bytes.length - index) + 1;
    for (let digit = 0; digit < 4; digit++) {
      text += digit < count ? alphabet[(bits >> (18 - 6 * digit)) & 63] : '=';
    }
  }
  return text;
}

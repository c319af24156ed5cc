const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The base64 of `crypt(3)`: three bytes become four characters, the lowest six bits first. `order` lists the bytes,
 * three in each group, the highest first; -1 stands for a zero byte. The last characters, which no bit of `size` bytes
 * reaches, are left out.
 */
export function cryptBase64(bytes: Uint8Array, order: readonly number[], size: number): string {
  let text = '';
  for (let index = 0; index < order.length; index += 3) {
    let value = 0;
    for (let part = 0; part < 3; part++) {
      const at = order[index + part]!;
      value = (value << 8) | (at < 0 ? 0 : bytes[at]!);
    }
    for (let character = 0; character < 4; character++, value >>= 6) text += alphabet[value & 63]!;
  }
  return text.slice(0, Math.ceil((size * 8) / 6));
}

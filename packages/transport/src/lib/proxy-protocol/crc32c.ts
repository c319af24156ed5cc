/** The remainders of all bytes, by the reversed Castagnoli polynomial. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  return remainder;
});

/** CRC-32C (RFC 4960, appendix B). `zeroed` are four bytes that count as 0: where the checksum itself stands. */
export function crc32c(bytes: Uint8Array, zeroed: number): number {
  let crc = 0xffffffff;
  for (let index = 0; index < bytes.byteLength; index++) {
    const byte = index >= zeroed && index < zeroed + 4 ? 0 : bytes[index]!;
    crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

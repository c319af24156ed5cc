/** Lookup tables over all 256 bytes: 1 where the byte belongs to the class. */

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

/** RFC 9110 §5.6.2 `tchar`. */
export const isTokenByte: Uint8Array = classOf(
  (byte) => isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".includes(String.fromCharCode(byte)),
);

/** Bytes allowed in a line of a head: HTAB, SP, visible ASCII and obs-text (RFC 9110 §5.5). */
export const isLineByte: Uint8Array = classOf((byte) => byte === HTAB || (byte >= SP && byte !== 0x7f));

/** Visible ASCII without `#`, because a request target has no fragment (RFC 9112 §3.2). */
export const isTargetByte: Uint8Array = classOf((byte) => byte > SP && byte < 0x7f && byte !== 0x23);

/** RFC 3986 §3.2.2 `reg-name` without percent escapes: unreserved and sub-delims. */
export const isHostNameByte: Uint8Array = classOf(
  (byte) => isAlphanumeric(byte) || "-._~!$&'()*+,;=".includes(String.fromCharCode(byte)),
);

/** RFC 3986 §3.1 `scheme` after its first letter. */
export const isSchemeByte: Uint8Array = classOf(
  (byte) => isAlphanumeric(byte) || '+-.'.includes(String.fromCharCode(byte)),
);

export const isDigitByte: Uint8Array = classOf((byte) => byte >= 0x30 && byte <= 0x39);

export const NOT_HEX = 255;

/** The value of a hexadecimal digit, or `NOT_HEX`. */
export const hexValue: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return byte < 0x80 && value >= 0 ? value : NOT_HEX;
});

function isAlphanumeric(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

function classOf(contains: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (contains(byte) ? 1 : 0));
}

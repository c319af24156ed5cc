/** A SETTINGS frame on stream 0, with which every server of HTTP/2 begins (RFC 9113 §3.4); its length is a multiple of 6. */
function isHttp2(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 9 && bytes[0] === 0 && bytes[2]! % 6 === 0 && bytes[3] === 4 && !bytes.subarray(4, 9).some(Boolean)
  );
}

/** An alert or a handshake of TLS 1.0 to 1.3 (RFC 8446 §5.1). */
function isTls(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && (bytes[0] === 21 || bytes[0] === 22) && bytes[1] === 3 && bytes[2]! <= 4;
}

/** What to add to the fault of bytes that are no answer of HTTP/1.1: another protocol is a usual reason. Otherwise nothing. */
export function answerHint(bytes: Uint8Array): string {
  if (isHttp2(bytes)) return ' (it is HTTP/2 without TLS; the protocol http2 would reach it)';
  return isTls(bytes) ? ' (it is TLS; https:// would reach it)' : '';
}

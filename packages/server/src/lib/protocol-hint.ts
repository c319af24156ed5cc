/** What other protocols begin with, one character for each byte, and what somebody who sees it should know. */
const hints = new Map([
  [
    ' (it is a PROXY header: a proxy in front sends one, and this listener does not expect it; see `proxyProtocol`)',
    ['PROXY TCP', 'PROXY UNKNOWN', '\r\n\r\n\0\r\nQUIT\n'],
  ],
  [' (it is HTTP/2 without TLS; a listener with `http2: prior-knowledge` takes it)', ['PRI * HTTP/2.0\r\n']],
  [' (it is TLS, and this listener speaks plain HTTP; see `tls`)', ['\x16\x03\x01', '\x16\x03\x03']],
]);

/** What to add to the fault of bytes that are no request: another protocol is a usual reason. Otherwise nothing. */
export function protocolHint(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  for (const [hint, beginnings] of hints) if (beginnings.some((beginning) => start.startsWith(beginning))) return hint;
  return '';
}

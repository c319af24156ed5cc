/** How PROXY headers of both versions begin, one character for each byte. */
const beginnings = ['PROXY TCP', 'PROXY UNKNOWN', '\r\n\r\n\0\r\nQUIT\n'];

const hint =
  ' (it is a PROXY header: a proxy in front sends one, and this listener does not expect it; see `proxyProtocol`)';

/** What to add to the fault of bytes that are no request: a proxy that announces its clients is a usual reason. Otherwise nothing. */
export function proxyHint(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return beginnings.some((beginning) => start.startsWith(beginning)) ? hint : '';
}

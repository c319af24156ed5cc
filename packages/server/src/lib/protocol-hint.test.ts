import { expect, it } from 'vitest';
import { protocolHint } from './protocol-hint.ts';

it.each([
  ['PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n', 'proxyProtocol'],
  ['PROXY UNKNOWN\r\n', 'proxyProtocol'],
  ['\r\n\r\n\0\r\nQUIT\n\x21', 'proxyProtocol'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2: prior-knowledge'],
  ['\x16\x03\x01\x02\x00\x01', '`tls`'],
])('names what %j is', (bytes, word) => {
  expect(protocolHint(Buffer.from(bytes, 'latin1'))).toContain(word);
});

it.each(['', 'PROXY', 'PRI * HTTP/1.1\r\n', 'GET / HTTP/2.0\r\n', '\x16\x03'])('has nothing to say of %j', (bytes) => {
  expect(protocolHint(Buffer.from(bytes, 'latin1'))).toBe('');
});

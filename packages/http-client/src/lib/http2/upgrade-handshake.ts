import { createHash } from 'node:crypto';
import { HttpHeaders } from '@windhover/core';

/** The name of the field that a handshake of WebSocket has in HTTP/1.1 only (RFC 8441 §5). */
const keyName = 'sec-websocket-key';

/** Returns the value of `Sec-WebSocket-Key` in flat triples; `undefined` without one. */
export function keyOf(fields: readonly string[]): string | undefined {
  for (let index = 0; index < fields.length; index += 3) if (fields[index] === keyName) return fields[index + 1];
  return undefined;
}

/** Returns the triples without the key. */
export function withoutKey(fields: readonly string[]): string[] {
  return fields.filter((_, index) => fields[index - (index % 3)] !== keyName);
}

/**
 * The fields of the 101 that HTTP/1.1 would have in place of the 2xx to an extended CONNECT, so that callers need to know
 * one kind of upgrade only.
 */
export function upgradedHeaders(fields: readonly string[], protocol: string, key: string | undefined): HttpHeaders {
  const more = ['connection', 'upgrade', 'Connection', 'upgrade', protocol, 'Upgrade'];
  if (key !== undefined) more.push('sec-websocket-accept', acceptOf(key), 'Sec-WebSocket-Accept');
  return HttpHeaders.fromFields([...fields, ...more]);
}

/** RFC 6455 §4.2.2 */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

import type { Connection } from '@windhover/core';
import type { ResponseWriter } from './response-writer.ts';

/** A client takes an answer of this size in at once; a larger one may be on its way when the client sends something more. */
const maxBytesAtOnce = 16 * 1024;

/**
 * Closes a connection whose client sends nothing more, if its last answer is small and with the kernel: then there is nothing to linger for (nginx
 * and Node reckon so too). TLS has to say goodbye, and a Unix socket loses what its client has not read. Returns whether it did.
 */
export function closeAtOnce(channel: Connection, writer: ResponseWriter, bytesSent: number): boolean {
  const isPlain = channel.info.transport === 'tcp' && channel.info.tls === null;
  if (!isPlain || bytesSent > maxBytesAtOnce) return false;
  writer.flush();
  if (channel.pendingBytes > 0) return false;
  channel.destroy();
  return true;
}

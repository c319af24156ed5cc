import type { Connection } from '@windhover/core';
import type { ResponseWriter } from './response-writer.ts';

/**
 * A client receives an answer up to this size all at once; a larger answer may still be on its way when the client
 * sends something more.
 */
const maxBytesAtOnce = 16 * 1024;

/**
 * Closes a connection whose client sends nothing more, if the last answer is small and the kernel has taken it: then
 * there is no reason to linger (nginx and Node do the same). TLS connections are left out because TLS needs a closing
 * message, Unix sockets because they would lose bytes that the client has not read. Returns whether it closed the
 * connection.
 */
export function closeAtOnce(channel: Connection, writer: ResponseWriter, bytesSent: number): boolean {
  const isPlain = channel.info.transport === 'tcp' && channel.info.tls === null;
  if (!isPlain || bytesSent > maxBytesAtOnce) return false;
  writer.flush();
  if (channel.pendingBytes > 0) return false;
  channel.destroy();
  return true;
}

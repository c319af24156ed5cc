import type { ServerResponse } from 'node:http';

const ignored = [
  'setHeader',
  'setHeaders',
  'appendHeader',
  'removeHeader',
  'writeHead',
  'flushHeaders',
  'writeContinue',
  'writeProcessing',
  'writeEarlyHints',
] as const;

/**
 * Makes the application's further calls have no effect, because another answer was sent in place of its own and it does not know. Node
 * would throw at these calls, and many applications react to that by destroying the connection, which still serves other requests.
 */
export function ignoreWrites(response: ServerResponse): void {
  for (const name of ignored) {
    Object.defineProperty(response, name, { configurable: true, writable: true, value: () => response });
  }
  Object.defineProperty(response, 'headersSent', { configurable: true, value: false });
}

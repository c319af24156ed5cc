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
 * Another answer has been sent in place of the application's, which knows nothing of it: what it still writes goes nowhere. Node would throw
 * at it, and applications answer that by destroying the connection, which has other requests to serve.
 */
export function ignoreWrites(response: ServerResponse): void {
  for (const name of ignored) {
    Object.defineProperty(response, name, { configurable: true, writable: true, value: () => response });
  }
  Object.defineProperty(response, 'headersSent', { configurable: true, value: false });
}

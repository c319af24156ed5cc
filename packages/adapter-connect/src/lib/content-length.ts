import type { ServerResponse } from 'node:http';

/** What the application has announced; `null`: nothing. */
export function announcedLength(message: ServerResponse): number | null {
  const announced = message.getHeader('content-length');
  return announced === undefined ? null : Number(announced);
}

/** Announces the length of another body than the application's; `null`: as Node does it then, in chunks. */
export function setLength(message: ServerResponse, length: number | null): void {
  if (message.hasHeader('content-length')) message.removeHeader('content-length');
  if (length === null) return;
  if (message.hasHeader('transfer-encoding')) message.removeHeader('transfer-encoding');
  if (message.hasHeader('trailer')) message.removeHeader('trailer'); // none follow a body of a known length
  message.setHeader('Content-Length', length);
}

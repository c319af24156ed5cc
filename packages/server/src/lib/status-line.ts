import { STATUS_CODES } from 'node:http';

const lines: string[] = [];

/** `HTTP/1.1 200 OK` with its line end. An answer always names our own version (RFC 9110 §2.5). */
export function statusLine(status: number): string {
  lines[status] ??= `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
  return lines[status];
}

/** The usual words for a status; empty for one that has none. */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? '';
}

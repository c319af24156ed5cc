import { statusText } from '@windhover/http-semantics';

const lines: string[] = [];

/** `HTTP/1.1 200 OK` with its line end. An answer always names our own version (RFC 9110 §2.5). */
export function statusLine(status: number): string {
  lines[status] ??= `HTTP/1.1 ${status} ${statusText(status)}\r\n`;
  return lines[status];
}

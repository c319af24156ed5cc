import { statusLine } from './status-line.ts';

/** Returns the answer to a request that never reached a handler: the reason as text, with `Connection: close`. */
export function refusal(status: number, message: string, isHead: boolean, date: string): string {
  const body = `${message}\n`.replace(/[^\n\x20-\x7e]/g, '?'); // a message may quote what the client sent
  const type = 'Content-Type: text/plain; charset=utf-8\r\n';
  const head = `${statusLine(status)}${date}${type}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return isHead ? head : head + body;
}

import type { Http2Stream } from '@windhover/http2-codec';

const fields = ['content-type', 'text/plain; charset=utf-8', 'content-type'];

/** Answers a request that never reached a handler, with the reason as text. */
export function refuseRequest(stream: Http2Stream, status: number, message: string, date: string): void {
  const text = `${message}\n`.replace(/[^\n\x20-\x7e]/g, '?'); // a message may quote what the client sent
  const isHead = stream.method === 'HEAD';
  stream.respond(status, fields, isHead, text.length, date);
  if (!isHead) stream.write(text, true);
}

import { isGrpc } from '@windhover/http-semantics';
import type { Http2Stream } from '@windhover/http2-codec';

import { grpcRefusal } from './grpc-refusal.ts';

const fields = ['content-type', 'text/plain; charset=utf-8', 'content-type'];

/** Answers a request that never reached a handler, with the reason as text. */
export function refuseRequest(stream: Http2Stream, status: number, message: string, date: string): void {
  const text = `${message}\n`.replace(/[^\n\x20-\x7e]/g, '?'); // a message may quote what the client sent
  if (stream.method === 'POST' && isGrpc(contentTypeOf(stream))) {
    stream.respond(200, grpcRefusal([], status, message), true, -1, date);
    return;
  }
  const isHead = stream.method === 'HEAD';
  stream.respond(status, fields, isHead, text.length, date);
  if (!isHead) stream.write(text, true);
}

function contentTypeOf({ fields }: Http2Stream): string | undefined {
  for (let index = 0; index < fields.length; index += 3) if (fields[index] === 'content-type') return fields[index + 1];
  return undefined;
}

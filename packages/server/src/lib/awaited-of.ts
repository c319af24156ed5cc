import type { Http1Exchange } from './http1-exchange.ts';
import type { Awaited } from './read-deadline.ts';
import type { RequestReader } from './request-reader.ts';
import type { ResponseWriter } from './response-writer.ts';

/** Returns the event that an open connection waits for, once nothing more can be read now. */
export function awaitedOf(exchange: Http1Exchange | null, reader: RequestReader, writer: ResponseWriter): Awaited {
  if (exchange === null) {
    if (writer.isFull) return 'nothing'; // the writer has a deadline for clients that take nothing
    return reader.isIdle ? 'request' : 'head';
  }
  if (exchange.isAbandoned) return 'answer';
  if (reader.isRequestRead) return 'nothing';
  const source = exchange.source!;
  if (source.isReading) return 'body';
  return source.isCancelled && exchange.state !== 'handling' ? 'discard' : 'nothing';
}

import { byteRate, duration, size } from '@windhover/config';
import { formatDuration } from '@windhover/options';
import type { ServerLimits } from '@windhover/server';
import { z } from 'zod';

const count = z.int().min(1);
const bytes = size();
const time = duration(1);

/**
 * The section `limits`: a key in everyday words for each limit of the server. If the server gains a limit, the compiler reports that it is
 * missing here. The reference of `@windhover/server` explains defaults and reasons.
 */
const limits = {
  requestLine: ['maxRequestLineBytes', bytes, 'The request line; 414 beyond. Default: 8KiB.'],
  headers: ['maxHeadersBytes', bytes, 'All fields of a request; 431 beyond. Default: 32KiB.'],
  headerCount: ['maxHeaderCount', z.int().min(0), 'How many fields; 431 beyond. Default: 100.'],
  leadingEmptyLines: [
    'maxLeadingEmptyLines',
    z.int().min(0),
    'Empty lines before a request. Default: 2: old clients send one after a form.',
  ],
  chunkExtension: ['maxChunkExtensionBytes', bytes, 'The extensions of one chunk. Default: 1KiB.'],
  chunkExtensions: ['maxTotalChunkExtensionBytes', bytes, 'The chunk extensions of one body. Default: 16KiB.'],
  trailers: ['maxTrailersBytes', bytes, 'The trailers of a request. Default: 8KiB.'],
  trailerCount: ['maxTrailerCount', z.int().min(0), 'How many trailers. Default: 32.'],
  connections: [
    'maxConnections',
    count.nullable(),
    'Connections at a time; more are closed at once. Default: null, as in Kestrel.',
  ],
  connectionsPerAddress: [
    'maxConnectionsPerAddress',
    count.nullable(),
    'The same for one client address (IPv6: one /64). Default: null, since behind a proxy all clients have one.',
  ],
  requestsPerConnection: [
    'maxRequestsPerConnection',
    count.nullable(),
    'Requests until a connection closes. Default: null.',
  ],
  connectionAge: [
    'maxConnectionAgeMs',
    time.nullable(),
    'Age at which a connection closes after an answer. Default: null; a balancer in front may want it.',
  ],
  requestBody: ['maxRequestBodyBytes', bytes.nullable(), 'The body of a request; 413 beyond. Default: 30MB.'],
  keepAlive: [
    'keepAliveTimeoutMs',
    time.nullable(),
    'Idle time between requests. Default: 130s, longer than proxies keep their connections.',
  ],
  headersTimeout: [
    'headersTimeoutMs',
    time.nullable(),
    'From the first byte of a head to its last; 408 beyond. Default: 30s.',
  ],
  requestRate: [
    'minRequestBodyBytesPerSecond',
    byteRate().nullable(),
    'The slowest that a body may arrive while somebody reads it; 408 below. Default: 240B/s, as in Kestrel.',
  ],
  responseRate: [
    'minResponseBytesPerSecond',
    byteRate().nullable(),
    'The slowest that a client may read; the connection is cut below. Default: 240B/s, as in Kestrel.',
  ],
  requestGrace: ['rateGraceMs', time, 'How long the request rate may be missed. Default: 5s.'],
  responseGrace: ['responseGraceMs', time, 'How long the response rate may be missed. Default: 60s, as in nginx.'],
  buffered: [
    'maxBufferedBytes',
    size(1),
    'Pipelined requests kept while an answer is in progress; then reading pauses. Default: 64KiB.',
  ],
  discarded: [
    'maxDiscardedBytes',
    size(1),
    'What is discarded of a body that nobody wanted, to keep the connection. Default: 256KiB.',
  ],
  discardTimeout: ['discardTimeoutMs', time, 'The time for that. Default: 5s.'],
  lingerTimeout: [
    'lingerTimeoutMs',
    time,
    'After an answer that closes: how long the client may send nothing. Default: 2s.',
  ],
  linger: ['maxLingerMs', time, 'How long it may go on sending in all. Default: 30s, so that it sees the answer.'],
  lingerBytes: ['maxLingerBytes', size(1).nullable(), 'What is read meanwhile. Default: null.'],
  streams: [
    'maxConcurrentStreams',
    count,
    'Requests that one HTTP/2 connection may have under way; further ones are refused, and clients try them again. Default: 100, as in Kestrel.',
  ],
  requestsPerTurn: [
    'maxRequestsPerTurn',
    count,
    'Pipelined requests that are answered in one go, so that one connection cannot hold up the others. Default: 64.',
  ],
} satisfies Record<string, readonly [keyof ServerLimits, z.ZodType, string]>;

type Named = (typeof limits)[keyof typeof limits][0];
/** A compile error here names the limit that has no key yet. */
const missing: Exclude<keyof ServerLimits, Named> extends never ? null : Exclude<keyof ServerLimits, Named> = null;

/** Maps each key of the section to the server's limit. */
export const limitNames: Readonly<Record<string, keyof ServerLimits>> = Object.fromEntries(
  Object.entries(limits).map(([key, [name]]) => [key, name]),
);

/** How long a server keeps idle connections if the configuration does not say. */
export interface KeepAliveDefault {
  readonly ms: number;
  /** Completes the sentence "Default: 75s, …". */
  readonly reason: string;
}

/**
 * Creates the schema of the section `limits`. Its output holds the limits that are set, in the form that `createServer` takes.
 *
 * @param keepAlive the default of `keepAlive`. Default: that of the server, which suits servers behind a proxy
 */
export function limitsSchema(keepAlive?: KeepAliveDefault): z.ZodType<Partial<ServerLimits>> {
  const shape: Record<string, z.ZodType> = Object.fromEntries(
    Object.entries(limits).map(([key, [, schema, about]]) => [key, schema.exactOptional().describe(about)]),
  );
  if (keepAlive !== undefined) {
    const { ms, reason } = keepAlive;
    const about = `Idle time between requests. Default: ${formatDuration(ms)}, ${reason}`;
    shape['keepAlive'] = limits.keepAlive[1].default(ms).exactOptional().describe(about);
  }
  return z
    .strictObject(shape)
    .describe('How much the server accepts from a client, and how long it waits for it.')
    .transform((given): Partial<ServerLimits> => {
      void missing;
      return Object.fromEntries(Object.entries(given).map(([key, value]) => [limitNames[key], value]));
    });
}

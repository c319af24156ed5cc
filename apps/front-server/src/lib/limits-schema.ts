import { byteRate, duration, size } from '@windhover/host';
import type { ServerLimits } from '@windhover/server';
import { z } from 'zod';

const count = z.int().min(1);
const bytes = size();
const time = duration(1);

/**
 * The section `limits`: a key for each limit of the server, as people would say it. A limit that is added there is missed here by the
 * compiler. Defaults and reasons stand in the reference of `@windhover/server`.
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
    time.nullable().default(75_000),
    'Idle time between requests. Default: 75s, as in nginx: a browser comes back within it or not at all.',
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
  requestsPerTurn: [
    'maxRequestsPerTurn',
    count,
    'Pipelined requests that are answered in one go, so that one connection cannot hold up the others. Default: 64.',
  ],
} satisfies Record<string, readonly [keyof ServerLimits, z.ZodType, string]>;

type Named = (typeof limits)[keyof typeof limits][0];
/** A compile error here names the limit that has no key yet. */
const missing: Exclude<keyof ServerLimits, Named> extends never ? null : Exclude<keyof ServerLimits, Named> = null;

const shape = Object.fromEntries(
  Object.entries(limits).map(([key, [, schema, about]]) => [key, schema.exactOptional().describe(about)]),
);

export const limitsSchema = z
  .strictObject(shape)
  .describe('What the server accepts of a client, and how long it waits.')
  .transform((given): Partial<ServerLimits> => {
    void missing;
    const named = Object.entries(given).map(([key, value]) => [limits[key as keyof typeof limits][0], value]);
    return Object.fromEntries(named);
  });

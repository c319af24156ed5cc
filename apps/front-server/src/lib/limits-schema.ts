import type { ServerLimits } from '@windhover/server';
import { z } from 'zod';

const count = z.int().min(1);
const size = z.int().min(0);

/** A schema for each limit of the server: one that is added there is missed here by the compiler. */
const limits = {
  maxRequestLineBytes: size.exactOptional(),
  maxHeadersBytes: size.exactOptional(),
  maxHeaderCount: size.exactOptional(),
  maxLeadingEmptyLines: size.exactOptional(),
  maxChunkExtensionBytes: size.exactOptional(),
  maxTotalChunkExtensionBytes: size.exactOptional(),
  maxTrailersBytes: size.exactOptional(),
  maxTrailerCount: size.exactOptional(),
  maxConnections: count.nullable().exactOptional(),
  maxConnectionsPerAddress: count.nullable().exactOptional(),
  maxRequestsPerConnection: count.nullable().exactOptional(),
  maxConnectionAgeMs: count.nullable().exactOptional(),
  maxRequestBodyBytes: size.nullable().exactOptional(),
  keepAliveTimeoutMs: count.nullable().default(75_000), // as in nginx: a browser comes back within it or not at all
  headersTimeoutMs: count.nullable().exactOptional(),
  minRequestBodyBytesPerSecond: count.nullable().exactOptional(),
  minResponseBytesPerSecond: count.nullable().exactOptional(),
  rateGraceMs: count.exactOptional(),
  responseGraceMs: count.exactOptional(),
  maxBufferedBytes: count.exactOptional(),
  maxDiscardedBytes: count.exactOptional(),
  discardTimeoutMs: count.exactOptional(),
  lingerTimeoutMs: count.exactOptional(),
  maxLingerMs: count.exactOptional(),
  maxLingerBytes: count.nullable().exactOptional(),
  maxRequestsPerTurn: count.exactOptional(),
} satisfies Record<keyof ServerLimits, z.ZodType>;

/** The section `limits`. */
export const limitsSchema = z.strictObject(limits);

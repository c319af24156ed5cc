import { type Http2Limits, resolveHttp2Limits } from '@windhover/http2-codec';
import type { ServerLimits } from './limits.ts';

/** The limits of HTTP/2 connections. What HTTP/1.1 limits too has the same limit. */
export function http2LimitsOf({ maxConcurrentStreams, maxHeadersBytes, maxHeaderCount }: ServerLimits): Http2Limits {
  return resolveHttp2Limits({ maxConcurrentStreams, maxHeaderListBytes: maxHeadersBytes, maxHeaderCount });
}

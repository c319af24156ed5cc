import { type HttpContext, type Middleware, type PushBody, RequestBody } from '@windhover/core';
import type { Codec } from './codec.ts';
import { DecodedBody } from './decoded-body.ts';
import { type DecompressionOptions, resolveDecompression } from './decompression-options.ts';
import { requestCodings } from './request-codings.ts';

/** The `decompressRequests` of a runtime: `codec` is what it can decompress with. */
export function decodeRequests(codec: Codec, options: DecompressionOptions): Middleware<HttpContext> {
  const limits = resolveDecompression(options);
  return function decompressRequests(context, next) {
    const { request } = context;
    const field = request.headers.get('content-encoding');
    if (field === undefined || request.body.length === 0) return next(context);
    let body: PushBody = request.body;
    for (const coding of requestCodings(field, codec.codings, limits.maxCodings))
      body = new DecodedBody(body, codec, coding, limits);
    if (body !== request.body) request.body = new RequestBody(body);
    request.headers.delete('content-encoding');
    request.headers.delete('content-length'); // of the compressed bytes
    return next(context);
  };
}

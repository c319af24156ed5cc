import {
  after,
  type Body,
  bodyLength,
  type HttpContext,
  type HttpResponse,
  isReadBody,
  type Middleware,
  toPushBody,
} from '@windhover/core';
import { addVary, formatETag, parseETag, parseETagList } from '@windhover/http-semantics';
import type { Codec, Coding } from './codec.ts';
import { type CompressionOptions, type CompressionSettings, resolveCompression } from './compression-options.ts';
import { decideCompression } from './decide-compression.ts';
import { deleteDigests, withoutDigests } from './digest-fields.ts';
import { atOnceBytes, EncodedBody, type Encoding } from './encoded-body.ts';
import { essenceOf } from './is-compressible.ts';

/** The `compression` of a runtime: `codec` is what it can compress with. */
export function compressResponses(codec: Codec, options: CompressionOptions): Middleware<HttpContext> {
  const settings = resolveCompression(codec, options);
  const encoders = { open: 0 };
  return function compression(context, next) {
    return after(next, context, (error) => {
      if (error === undefined && context.response.isAnswered) compress(context, settings, encoders);
    });
  };
}

function compress(context: HttpContext, settings: CompressionSettings, encoders: { open: number }): void {
  const { request, response } = context;
  const isHead = request.method === 'HEAD';
  const length = lengthOf(response, settings.minBytes);
  const { encoding, reason, varies } = decideCompression(request, response, length, settings);
  if (!varies || settings.when?.(context) === false) return;
  const { headers } = response;
  headers.set('Vary', addVary(headers.get('vary'), 'Accept-Encoding'));
  if (reason === 'not-modified') weakenIfKnown(response, request.headers.get('if-none-match'));
  if (encoding === null) return;
  const whole = wholeOf(response.body);
  if (isHead) response.body = unsent;
  else if (whole !== null && whole.length <= atOnceBytes) compressAtOnce(response, whole, encoding, settings);
  else if (encoders.open >= settings.maxEncoders) return;
  else compressStream(response, encoding, settings, encoders);
  headers.set('Content-Encoding', encoding);
  headers.delete('accept-ranges'); // positions in the compressed bytes would mean nothing
  deleteDigests(headers);
  weaken(response);
}

/** Stands for the content of a HEAD: its length is unknown before it is compressed. */
const unsent: Body = {
  async *[Symbol.asyncIterator]() {
    // nobody asks
  },
};

/**
 * The length of the content, for a HEAD the announced one, that of GET. A text that is long enough in characters is not
 * measured in bytes, which it has at least as many of.
 */
function lengthOf({ body, declaredLength }: HttpResponse, minBytes: number): number | null {
  if (declaredLength !== null) return declaredLength;
  return typeof body === 'string' && body.length >= minBytes ? body.length : bodyLength(body);
}

/** The content of a body that is complete: a text, bytes, a file in memory. */
function wholeOf(body: Body): string | Uint8Array | null {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  return isReadBody(body) ? (body.fixed?.bytes ?? null) : null;
}

function compressAtOnce(
  response: HttpResponse,
  whole: string | Uint8Array,
  coding: Coding,
  { codec, levels }: CompressionSettings,
): void {
  response.takeBody(); // keeps the status; what is whole holds nothing open
  response.body = codec.encodeNow(coding, levels[coding], whole);
}

function compressStream(
  response: HttpResponse,
  coding: Coding,
  settings: CompressionSettings,
  encoders: { open: number },
): void {
  const { codec, levels, clock } = settings;
  const isFast = isReadBody(response.body) || typeof response.body === 'string' || response.body instanceof Uint8Array;
  const isEvents = essenceOf(response.headers.get('content-type')!) === 'text/event-stream';
  const flushMs = isFast ? null : isEvents ? 0 : settings.flushMs;
  const encoding: Encoding = { codec, coding, level: levels[coding], flushMs, clock };
  encoders.open += 1;
  response.body = new EncodedBody(toPushBody(response.takeBody()), encoding, () => {
    encoders.open -= 1;
  });
  dropTrailerDigests(response);
}

function dropTrailerDigests(response: HttpResponse): void {
  const { trailers } = response;
  if (trailers !== null) response.trailers = () => withoutDigests(trailers());
}

/** The compressed bytes are others than those that a strong tag stands for (RFC 9110 §8.8.1). */
function weaken({ headers }: HttpResponse): void {
  const tag = parseETag(headers.get('etag') ?? '');
  if (tag !== null && !tag.isWeak) headers.set('ETag', formatETag(tag.value, { weak: true }));
}

/** A 304 names the tag that the client has: the weak one, if it got a compressed answer. */
function weakenIfKnown(response: HttpResponse, ifNoneMatch: string | undefined): void {
  const tag = parseETag(response.headers.get('etag') ?? '');
  const known = parseETagList(ifNoneMatch ?? '');
  if (tag === null || known === null || known === '*') return;
  const same = known.filter(({ value }) => value === tag.value);
  if (same.length > 0 && same.every(({ isWeak }) => isWeak)) weaken(response);
}

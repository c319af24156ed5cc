import type { HttpRequest, HttpResponse } from '@windhover/core';
import { negotiateEncoding, parseCacheControl } from '@windhover/http-semantics';
import type { Coding } from './codec.ts';
import { essenceOf } from './is-compressible.ts';

/**
 * Why a response is compressed or not:
 * - `compressed`: the client gets it in the chosen coding
 * - `no-content`: there is nothing to compress: 204, 205, an upgrade, an empty body
 * - `not-modified`: a 304 has no content, but its fields are those of the compressed answer
 * - `encoded`: it has a content coding
 * - `part`: it is a part of a representation, whose positions must stay valid
 * - `no-transform`: `Cache-Control: no-transform` of either side forbids it
 * - `type`: content of its type does not shrink
 * - `small`: it would save nothing
 * - `refused`: the program said no
 * - `not-accepted`: the client accepts none of the codings, or likes it uncompressed better
 * - `breach`: another site may have sent the request, to measure how well a secret compresses
 */
export type CompressionReason =
  | 'compressed'
  | 'no-content'
  | 'not-modified'
  | 'encoded'
  | 'part'
  | 'no-transform'
  | 'type'
  | 'small'
  | 'refused'
  | 'not-accepted'
  | 'breach';

/** Whether and how to compress a response. */
export interface CompressionDecision {
  /** `null`: the response stays as it is. */
  readonly encoding: Coding | null;
  readonly reason: CompressionReason;
  /** Whether another `Accept-Encoding` could get another answer, which `Vary` must say. */
  readonly varies: boolean;
}

/** The requests that get no compressed answer because of BREACH; see `CompressionOptions.breach`. */
export type BreachRule = 'cross-site' | 'credentials' | 'off';

/** What `decideCompression` decides by. */
export interface CompressionRules {
  readonly encodings: readonly Coding[];
  readonly minBytes: number;
  /** Gets `type/subtype` in lower case. */
  readonly isCompressible: (essence: string) => boolean;
  readonly breach: BreachRule;
}

type Request = Pick<HttpRequest, 'method' | 'headers'>;
type Response = Pick<HttpResponse, 'status' | 'headers' | 'upgrade'>;

/**
 * Decides whether to compress a response, from its fields and those of the request. HEAD gets the decision of GET.
 *
 * @param length the length of the content, for HEAD that of GET; `null`: unknown
 */
export function decideCompression(
  request: Request,
  response: Response,
  length: number | null,
  rules: CompressionRules,
): CompressionDecision {
  const obstacle = obstacleOf(request, response, length, rules);
  if (obstacle !== null) return { encoding: null, reason: obstacle, varies: false };
  if (response.status === 304) return { encoding: null, reason: 'not-modified', varies: true };
  const { headers } = request;
  const choice = negotiateEncoding(headers.get('accept-encoding'), rules.encodings);
  if (choice.kind !== 'chosen' || choice.value === 'identity') return plain('not-accepted');
  if (mayBeMeasured(request, rules.breach)) return plain('breach');
  return { encoding: choice.value as Coding, reason: 'compressed', varies: true };
}

function plain(reason: CompressionReason): CompressionDecision {
  return { encoding: null, reason, varies: true };
}

/** Why the response is compressed for nobody; `null` if it may be. */
function obstacleOf(
  request: Request,
  { status, headers, upgrade }: Response,
  length: number | null,
  { minBytes, isCompressible }: CompressionRules,
): CompressionReason | null {
  if (upgrade !== null || status < 200 || status === 204 || status === 205) return 'no-content';
  if (headers.has('content-encoding')) return 'encoded';
  if (status === 206 || headers.has('content-range')) return 'part';
  if (forbidsTransforms(headers.get('cache-control')) || forbidsTransforms(request.headers.get('cache-control')))
    return 'no-transform';
  const type = headers.get('content-type');
  if (status === 304) return type === undefined || isCompressible(essenceOf(type)) ? null : 'type';
  if (type === undefined || !isCompressible(essenceOf(type))) return 'type';
  return length !== null && length < minBytes ? 'small' : null;
}

function forbidsTransforms(cacheControl: string | undefined): boolean {
  // Most values do not have the word, so they are not parsed.
  return (
    cacheControl !== undefined &&
    /no-transform/i.test(cacheControl) &&
    parseCacheControl(cacheControl).noTransform === true
  );
}

/**
 * Whether a page of an attacker may have sent the request with the credentials of its user (BREACH). Browsers say where
 * a request comes from; a link that the user followed (`Sec-Fetch-User`) cannot be repeated a thousand times.
 */
function mayBeMeasured({ headers }: Request, rule: BreachRule): boolean {
  if (rule === 'off' || !(headers.has('cookie') || headers.has('authorization'))) return false;
  if (rule === 'credentials') return true;
  return headers.get('sec-fetch-site') === 'cross-site' && headers.get('sec-fetch-user') !== '?1';
}

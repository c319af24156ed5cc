export { type MediaRange, parseAccept } from './lib/accept.ts';
export { parseAge } from './lib/age.ts';
export { type CacheControl, formatCacheControl, parseCacheControl } from './lib/cache-control.ts';
export {
  type ContentDisposition,
  formatContentDisposition,
  parseContentDisposition,
} from './lib/content-disposition.ts';
export { type ContentRange, formatContentRange, parseContentRange } from './lib/content-range.ts';
export type { CookieAttributes } from './lib/cookie-attributes.ts';
export { type EntityTag, formatETag, parseETag, parseETagList, strongCompare, weakCompare } from './lib/entity-tag.ts';
export { SemanticsError, type SemanticsErrorCode, semanticsErrors } from './lib/errors.ts';
export { formatExtendedValue, parseExtendedValue } from './lib/extended-value.ts';
export { formatSetCookie } from './lib/format-set-cookie.ts';
export { type ForwardedElement, formatForwarded, parseForwarded } from './lib/forwarded.ts';
export { type ForwardedNode, formatForwardedNode, parseForwardedNode } from './lib/forwarded-node.ts';
export {
  currentAge,
  type FreshnessLifetimeOptions,
  freshnessLifetime,
  type StoredResponseFacts,
} from './lib/freshness.ts';
export { formatHttpDate, type ParseHttpDateOptions, parseHttpDate } from './lib/http-date.ts';
export { isIPv4, isIPv6 } from './lib/ip-address.ts';
export { isGrpc } from './lib/is-grpc.ts';
export { isOriginOfHost } from './lib/is-origin-of-host.ts';
export { isStorable, type StorableRequest, type StorableResponse } from './lib/is-storable.ts';
export { parseListField } from './lib/list-field.ts';
export { formatMediaType, type MediaType, type MediaTypeInit, parseMediaType } from './lib/media-type.ts';
export { isIdempotentMethod, isSafeMethod } from './lib/method.ts';
export { negotiateEncoding } from './lib/negotiate-encoding.ts';
export { negotiateLanguage } from './lib/negotiate-language.ts';
export { negotiateMediaType } from './lib/negotiate-media-type.ts';
export type { Negotiation } from './lib/negotiation.ts';
export type { NodeAddress } from './lib/node-address.ts';
export { formatParameters, parseParameters } from './lib/parameters.ts';
export { type ParseCookiesOptions, parseCookies } from './lib/parse-cookies.ts';
export { parseSetCookie, type SetCookie } from './lib/parse-set-cookie.ts';
export {
  evaluatePreconditions,
  type PreconditionRequest,
  type PreconditionResult,
  type RepresentationFacts,
} from './lib/preconditions.ts';
export { formatQuotedString, parseQuotedString } from './lib/quoted-string.ts';
export { parseRange, type RangeSpec } from './lib/range.ts';
export {
  type ByteRange,
  type RangeResolution,
  type ResolveRangesOptions,
  resolveRanges,
} from './lib/resolve-ranges.ts';
export { safeFileName } from './lib/safe-file-name.ts';
export { hasNoBody, statusText } from './lib/status.ts';
export { parseDictionary, parseItem, parseList } from './lib/structured-parse.ts';
export { serializeDictionary, serializeItem, serializeList } from './lib/structured-serialize.ts';
export type {
  StructuredBareItem,
  StructuredBareItemInput,
  StructuredDictionaryInput,
  StructuredInnerList,
  StructuredInnerListInput,
  StructuredItem,
  StructuredItemInput,
  StructuredMember,
  StructuredMemberInput,
  StructuredParameters,
  StructuredParametersInput,
} from './lib/structured-types.ts';
export { isToken } from './lib/token.ts';
export { addVary, parseVary } from './lib/vary.ts';
export { parseAcceptEncoding, parseAcceptLanguage, type WeightedToken } from './lib/weighted-list.ts';
export {
  parseXForwardedFor,
  parseXForwardedHost,
  parseXForwardedPort,
  parseXForwardedProto,
} from './lib/x-forwarded.ts';

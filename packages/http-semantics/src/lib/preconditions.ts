import { type EntityTag, parseETag, parseETagList, strongCompare, weakCompare } from './entity-tag.ts';
import { parseHttpDate } from './http-date.ts';

/** The request: its method and field values as received. */
export interface PreconditionRequest {
  readonly method: string;
  readonly ifMatch?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly range?: string | undefined;
  readonly ifRange?: string | undefined;
}

/** The current state of the selected representation, before the request changes anything. */
export interface RepresentationFacts {
  /** False if the target does not exist yet, as for a PUT that creates it. Default: true. */
  readonly exists?: boolean;
  /** The ETag field value, such as `"x"` or `W/"x"`. Default: none. */
  readonly etag?: string | undefined;
  /** Time of last modification, compared in whole seconds as the field carries it. Default: unknown. */
  readonly lastModifiedMs?: number | undefined;
  /** The current time. Default: `Date.now()`. */
  readonly nowMs?: number;
}

/** How to answer a conditional request. */
export type PreconditionResult =
  /**
   * Perform the method. `honourRange` is true for a GET whose Range applies; otherwise send the whole representation.
   */
  | { readonly kind: 'proceed'; readonly honourRange: boolean }
  /** Answer 304. */
  | { readonly kind: 'not-modified' }
  /** Answer 412. */
  | { readonly kind: 'precondition-failed' };

interface Validators {
  readonly exists: boolean;
  readonly etag: EntityTag | null;
  readonly lastModifiedSeconds: number | null;
  readonly nowMs: number;
}

/**
 * Evaluates the conditional fields of a request in the order of RFC 9110 §13.2.2.
 *
 * Call it where the method would otherwise be answered with 2xx. If-Unmodified-Since counts only without If-Match;
 * If-Modified-Since only without If-None-Match, and only for GET and HEAD. An unreadable date is ignored; an unreadable
 * list of tags matches nothing.
 */
export function evaluatePreconditions(
  request: PreconditionRequest,
  representation: RepresentationFacts,
): PreconditionResult {
  const validators = toValidators(representation);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // Steps 1 and 2
  if (request.ifMatch !== undefined) {
    if (!matches(request.ifMatch, validators, strongCompare)) return { kind: 'precondition-failed' };
  } else if (isModifiedSince(request.ifUnmodifiedSince, validators) === true) return { kind: 'precondition-failed' };
  // Steps 3 and 4
  if (request.ifNoneMatch !== undefined) {
    if (matches(request.ifNoneMatch, validators, weakCompare)) {
      return { kind: isRead ? 'not-modified' : 'precondition-failed' };
    }
  } else if (isRead && isModifiedSince(request.ifModifiedSince, validators) === false) return { kind: 'not-modified' };
  // Steps 5 and 6
  return { kind: 'proceed', honourRange: isRangeHonoured(request, validators) };
}

function toValidators(facts: RepresentationFacts): Validators {
  return {
    exists: facts.exists ?? true,
    etag: facts.etag === undefined ? null : parseETag(facts.etag),
    lastModifiedSeconds: facts.lastModifiedMs === undefined ? null : Math.floor(facts.lastModifiedMs / 1000),
    nowMs: facts.nowMs ?? Date.now(),
  };
}

function matches(
  field: string,
  { exists, etag }: Validators,
  compare: (left: EntityTag, right: EntityTag) => boolean,
): boolean {
  const tags = parseETagList(field);
  if (tags === '*') return exists;
  return exists && tags !== null && etag !== null && tags.some((tag) => compare(tag, etag));
}

/** Null if the question cannot be answered: no field, an unreadable date, or an unknown time of modification. */
function isModifiedSince(field: string | undefined, { lastModifiedSeconds, nowMs }: Validators): boolean | null {
  const sinceMs = field === undefined ? null : parseHttpDate(field, { nowMs });
  return sinceMs === null || lastModifiedSeconds === null ? null : lastModifiedSeconds > sinceMs / 1000;
}

function isRangeHonoured(request: PreconditionRequest, { etag, lastModifiedSeconds, nowMs }: Validators): boolean {
  if (request.method !== 'GET' || request.range === undefined) return false;
  if (request.ifRange === undefined) return true;
  const tag = parseETag(request.ifRange);
  if (tag !== null) return etag !== null && strongCompare(tag, etag);
  // RFC 9110 §8.8.2.2: a date less than a second old is weak, because the representation may change again within that
  // second.
  const isStrong = lastModifiedSeconds !== null && nowMs >= (lastModifiedSeconds + 1) * 1000;
  const dateMs = parseHttpDate(request.ifRange, { nowMs });
  return isStrong && dateMs !== null && dateMs / 1000 === lastModifiedSeconds;
}

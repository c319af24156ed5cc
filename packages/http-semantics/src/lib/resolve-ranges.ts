import { SemanticsError } from './errors.ts';
import { parseRange, type RangeSpec } from './range.ts';

/** The bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Which part of a representation to send. */
export type RangeResolution =
  /** Ignore Range and answer 200. */
  | { readonly kind: 'full' }
  /** Answer 206; several ranges as multipart/byteranges. */
  | { readonly kind: 'ranges'; readonly ranges: readonly ByteRange[] }
  /** Answer 416 with the Content-Range of `formatContentRange({ length })`. */
  | { readonly kind: 'unsatisfiable' };

/** Options of `resolveRanges`. */
export interface ResolveRangesOptions {
  /**
   * A Range with more ranges than this is ignored; at least 1.
   * Default: 16, because clients that resume or read an index ask for a few, and each range costs a seek and a part header.
   */
  readonly maxRanges?: number;
}

interface Candidate {
  readonly start: number;
  readonly order: number;
  readonly end: number;
}

/**
 * Resolves a Range value for a representation of `length` bytes (RFC 9110 §14.2).
 *
 * Ranges that overlap or touch are merged, so that never more than `length` bytes are sent; the order of the request is
 * kept. A missing or malformed field, one with too many ranges, and an empty result give `full`. Throws
 * `SEMANTICS_INVALID_RANGE` if `length` or `maxRanges` is not a valid whole number. Call it only if
 * `evaluatePreconditions` returns `honourRange`.
 */
export function resolveRanges(
  range: string | undefined,
  length: number,
  options: ResolveRangesOptions = {},
): RangeResolution {
  const { maxRanges = 16 } = options;
  if (!Number.isSafeInteger(length) || length < 0)
    throw new SemanticsError('SEMANTICS_INVALID_RANGE', `length ${length}`);
  if (!(maxRanges >= 1)) throw new SemanticsError('SEMANTICS_INVALID_RANGE', `maxRanges ${maxRanges}`);
  const specs = range === undefined ? null : parseRange(range);
  if (specs === null || specs.length > maxRanges) return { kind: 'full' };
  const satisfiable = specs.filter((spec) => (spec.kind === 'suffix' ? spec.length > 0 : spec.first < length));
  if (satisfiable.length === 0) return { kind: 'unsatisfiable' };
  // A suffix of an empty representation is satisfiable, yet no Content-Range can express it.
  if (length === 0) return { kind: 'full' };
  return { kind: 'ranges', ranges: coalesce(satisfiable.map((spec, order) => toCandidate(spec, order, length))) };
}

function toCandidate(spec: RangeSpec, order: number, length: number): Candidate {
  if (spec.kind === 'suffix') return { start: Math.max(0, length - spec.length), end: length - 1, order };
  return { start: spec.first, end: Math.min(spec.last ?? length, length - 1), order };
}

function coalesce(candidates: Candidate[]): ByteRange[] {
  const merged: Candidate[] = [];
  for (const candidate of candidates.sort((left, right) => left.start - right.start)) {
    const previous = merged.at(-1);
    if (previous === undefined || candidate.start > previous.end + 1) merged.push(candidate);
    else {
      const order = Math.min(previous.order, candidate.order);
      merged[merged.length - 1] = { start: previous.start, end: Math.max(previous.end, candidate.end), order };
    }
  }
  return merged.sort((left, right) => left.order - right.order).map(({ start, end }) => ({ start, end }));
}

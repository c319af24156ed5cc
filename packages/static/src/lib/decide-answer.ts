import type { HttpRequest } from '@windhover/core';
import { type ByteRange, evaluatePreconditions, resolveRanges } from '@windhover/http-semantics';
import type { Validators } from './validators.ts';

/** How to answer with a file. */
export type Answer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  /** Several ranges that do not join. */
  | { readonly kind: 'parts'; readonly ranges: readonly ByteRange[] }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'unsatisfiable' };

/** About what the head of one part takes. */
const partHeadBytes = 150;

/**
 * Evaluates conditions and ranges (RFC 9110 §13.2.2 and §14.2). Ranges that overlap or touch are joined, and more than 16
 * get the whole file, as do parts that would be longer together than the file: §14.2 allows both.
 */
export function decideAnswer(
  request: Pick<HttpRequest, 'method' | 'headers'>,
  file: { readonly size: number; readonly validators: Validators },
  nowMs: number,
): Answer {
  const { method, headers } = request;
  const range = headers.get('range');
  const verdict = evaluatePreconditions(
    {
      method,
      range,
      ifMatch: headers.get('if-match'),
      ifUnmodifiedSince: headers.get('if-unmodified-since'),
      ifNoneMatch: headers.get('if-none-match'),
      ifModifiedSince: headers.get('if-modified-since'),
      ifRange: headers.get('if-range'),
    },
    { etag: file.validators.etag, lastModifiedMs: file.validators.lastModifiedMs, nowMs },
  );
  if (verdict.kind !== 'proceed') return verdict;
  const part = resolveRanges(verdict.honourRange ? range : undefined, file.size);
  if (part.kind === 'unsatisfiable') return part;
  if (part.kind === 'full') return { kind: 'whole' };
  const { ranges } = part;
  if (ranges.length === 1) return { kind: 'part', range: ranges[0]! };
  const bytes = ranges.reduce((sum, { start, end }) => sum + end + 1 - start + partHeadBytes, 0);
  return bytes < file.size ? { kind: 'parts', ranges } : { kind: 'whole' };
}

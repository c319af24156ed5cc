import type { HttpRequest } from '@windhover/core';
import { type ByteRange, evaluatePreconditions, resolveRanges } from '@windhover/http-semantics';
import type { Validators } from './validators.ts';

/** How to answer with a file. */
export type Answer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'unsatisfiable' };

/**
 * Evaluates conditions and ranges (RFC 9110 §13.2.2 and §14.2). Several ranges that do not join into one get the whole
 * file, as §14.2 allows.
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
  const only = part.kind === 'ranges' && part.ranges.length === 1 ? part.ranges[0] : undefined;
  return only === undefined ? { kind: 'whole' } : { kind: 'part', range: only };
}

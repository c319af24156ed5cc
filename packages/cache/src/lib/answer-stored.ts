import { type Body, type HttpContext, type HttpHeaders, setAnswerField } from '@windhover/core';
import { evaluatePreconditions, formatContentRange, parseHttpDate, resolveRanges } from '@windhover/http-semantics';
import type { CacheMeta } from './cache-entry.ts';
import { ageOf } from './decide-reuse.ts';
import { fieldOf } from './stored-fields.ts';

/** The content of a stored answer, or of one that is arriving. */
export interface StoredContent {
  /** `null`: not known yet. */
  readonly length: number | null;
  /** Opens the bytes from `start` to `end`, that included. */
  openPart(start: number, end: number): Body;
  openAll(): Body;
  /** The answer has no content. */
  unused(): void;
}

/** Answers from the store: all of the content, a part of it, or a 304 if the client has it already. */
export function answerStored(
  context: HttpContext,
  meta: CacheMeta,
  content: StoredContent,
  cacheStatus: string,
  nowMs: number,
): void {
  const { request, response } = context;
  const { headers } = response;
  setFields(headers, meta, cacheStatus, nowMs);
  const isConditional = meta.status === 200 && hasCondition(request.headers.fields);
  const part = isConditional ? conditionalAnswer(request, meta, content.length, nowMs) : 'all';
  if (part === 'not-modified') {
    content.unused();
    response.status = 304;
    for (const name of ofContent) headers.delete(name);
    return;
  }
  if (part === 'unsatisfiable') {
    content.unused();
    response.status = 416;
    for (const name of ofContent) headers.delete(name);
    headers.set('Content-Range', formatContentRange({ length: content.length! }));
    return;
  }
  response.status = part === 'all' ? meta.status : 206;
  if (request.method === 'HEAD') {
    content.unused();
    response.body = null;
    response.declaredLength = content.length;
  } else if (part === 'all') response.body = content.openAll();
  else {
    headers.set('Content-Range', formatContentRange({ ...part, length: content.length! }));
    response.body = content.openPart(part.start, part.end);
  }
}

const ofContent = ['content-type', 'content-encoding', 'content-language', 'accept-ranges'];

function setFields(headers: HttpHeaders, meta: CacheMeta, cacheStatus: string, nowMs: number): void {
  const { fields } = meta;
  const age = String(ageOf(meta, nowMs));
  if (headers.size === 0) {
    const all = fields.slice();
    all.push('age', age, 'Age', 'cache-status', cacheStatus, 'Cache-Status');
    headers.adopt(all);
    return;
  }
  const first = new Set<string>();
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    if (first.has(name)) headers.append(fields[index + 2]!, fields[index + 1]!);
    else setAnswerField(headers, fields[index + 2]!, fields[index + 1]!);
    first.add(name);
  }
  headers.set('Age', age);
  headers.append('Cache-Status', cacheStatus);
}

type Part = 'all' | 'not-modified' | 'unsatisfiable' | { readonly start: number; readonly end: number };

/** `If-Match` and `If-Unmodified-Since` are for origins (RFC 9110 §13.1.1). */
function conditionalAnswer(
  { method, headers }: HttpContext['request'],
  meta: CacheMeta,
  length: number | null,
  nowMs: number,
): Part {
  const range = headers.get('range');
  const lastModified = fieldOf(meta.fields, 'last-modified');
  const lastModifiedMs = lastModified === undefined ? null : parseHttpDate(lastModified, { nowMs });
  const result = evaluatePreconditions(
    {
      method,
      ifNoneMatch: headers.get('if-none-match'),
      ifModifiedSince: headers.get('if-modified-since'),
      range,
      ifRange: headers.get('if-range'),
    },
    { etag: fieldOf(meta.fields, 'etag'), nowMs, ...(lastModifiedMs === null ? {} : { lastModifiedMs }) },
  );
  if (result.kind === 'not-modified') return 'not-modified';
  if (result.kind !== 'proceed' || !result.honourRange || length === null) return 'all';
  const resolved = resolveRanges(range, length);
  if (resolved.kind === 'unsatisfiable') return 'unsatisfiable';
  // Several ranges at once may be answered with everything (RFC 9110 §14.2).
  return resolved.kind === 'ranges' && resolved.ranges.length === 1 ? resolved.ranges[0]! : 'all';
}

/** Whether a request has a condition or a range: `if-…`, `range`. */
function hasCondition(fields: readonly string[]): boolean {
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    if (name === 'range' || (name.charCodeAt(0) === 0x69 && name.startsWith('if-'))) return true;
  }
  return false;
}

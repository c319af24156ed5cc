import type { HttpContext } from '@windhover/core';
import { addVary } from '@windhover/http-semantics';
import { type Answer, decideAnswer } from './decide-answer.ts';
import type { FixedBody } from './fixed-body.ts';
import type { FileLocation } from './locate-file.ts';
import { joinParts, layOutParts } from './multipart.ts';
import type { Precompressed } from './precompressed.ts';
import type { ResolvedFile } from './resolve-file.ts';
import { type Fields, rangeField, refuseAnswer } from './response-fields.ts';
import type { Validators } from './validators.ts';

/** Content of a file in memory, with the fields of its answers. */
export interface HotContent {
  readonly coding: string | null;
  readonly validators: Validators;
  readonly vary: string | null;
  /** Of a 200. */
  readonly fields: Fields;
  /** Of a 304. */
  readonly unchangedFields: Fields;
  readonly body: FixedBody;
}

/** What is kept for a path: the place, what was found there, and the contents that clients have asked for. */
export interface HotFile {
  readonly path: string;
  readonly location: FileLocation;
  readonly found: ResolvedFile;
  /** The compressed copies that may be sent. */
  readonly copies: readonly Precompressed[];
  readonly contents: (HotContent | undefined)[];
  bytes: number;
  /** Whether it was asked for since the cache last looked for something to remove. */
  isUsed: boolean;
  checkedAt: number;
  /** A check of whether the file is still the same. */
  check: Promise<boolean> | null;
}

const whole: Answer = { kind: 'whole' };

/** Answers with content in memory. */
export function answerHot({ request, response }: HttpContext, content: HotContent, nowMs: number): void {
  const { body, validators, vary } = content;
  const answer = isConditional(request.headers.fields)
    ? decideAnswer(request, { size: body.length, validators }, nowMs)
    : whole;
  if (answer.kind === 'precondition-failed' || answer.kind === 'unsatisfiable') throw refuseAnswer(answer, body.length);
  const fields = answer.kind === 'not-modified' ? content.unchangedFields : content.fields;
  const { headers } = response;
  const given = vary !== null && headers.size > 0 ? headers.get('vary') : undefined;
  for (const [name, value] of fields) headers.set(name, value);
  if (vary !== null && given !== undefined) headers.set('Vary', addVary(given, ...vary.split(', ')));
  if (answer.kind === 'not-modified') {
    response.status = 304;
    return;
  }
  if (answer.kind === 'whole') {
    const isHead = request.method === 'HEAD';
    response.status = 200;
    response.body = isHead ? null : body;
    if (isHead) response.declaredLength = body.length;
    return;
  }
  if (answer.kind === 'parts') {
    const type = content.fields.find(([name]) => name === 'Content-Type')![1];
    const multipart = layOutParts(answer.ranges, body.length, type);
    response.status = 206;
    headers.set('Content-Type', multipart.type);
    response.body = joinParts(multipart, body.fixed.bytes);
    return;
  }
  const { start, end } = answer.range;
  response.status = 206;
  headers.set(...rangeField(answer.range, body.length));
  response.body = body.fixed.bytes.slice(start, end + 1); // a copy: others may change what they are given
}

/** Whether a request has a condition or a range: `if-…`, `range`. */
function isConditional(fields: readonly string[]): boolean {
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    if (name === 'range' || (name.charCodeAt(0) === 0x69 && name.startsWith('if-'))) return true;
  }
  return false;
}

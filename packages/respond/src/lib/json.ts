import type { HttpContext } from '@windhover/core';
import { respondError } from './errors.ts';
import { type AnswerOptions, setContent } from './set-content.ts';

/**
 * Answers with a value as JSON. Throws `RESPOND_STATUS_INVALID`, and `RESPOND_JSON_INVALID` for a value that JSON
 * cannot express: `undefined`, a function, a `bigint`, a circular value.
 */
export function json(context: HttpContext, value: unknown, options: AnswerOptions = {}): void {
  setContent(context, 'application/json', toJson(value), options); // RFC 8259 §11 defines no charset parameter
}

export function toJson(value: unknown): string {
  let content: string | undefined;
  try {
    content = JSON.stringify(value);
  } catch (cause) {
    throw respondError('RESPOND_JSON_INVALID', String((cause as Error).message).split('\n')[0]!, { cause });
  }
  if (content === undefined) throw respondError('RESPOND_JSON_INVALID', `a ${typeof value} cannot be expressed in it`);
  return content;
}

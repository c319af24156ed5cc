import type { HttpContext } from '@windhover/core';
import { type AnswerOptions, setContent } from './set-content.ts';

/** Answers with plain text in UTF-8. Throws `RESPOND_STATUS_INVALID`. */
export function text(context: HttpContext, content: string, options: AnswerOptions = {}): void {
  setContent(context, 'text/plain; charset=utf-8', content, options);
}

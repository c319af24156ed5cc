import type { HttpContext } from '@windhover/core';
import { type AnswerOptions, setContent } from './set-content.ts';

/** Answers with HTML in UTF-8, unchanged; use `escapeHtml` for text from elsewhere. Throws `RESPOND_STATUS_INVALID`. */
export function html(context: HttpContext, content: string, options: AnswerOptions = {}): void {
  setContent(context, 'text/html; charset=utf-8', content, options);
}

import type { HttpContext } from '@windhover/core';
import { statusText } from '@windhover/http-semantics';
import { respondError } from './errors.ts';
import { toJson } from './json.ts';
import { type AnswerOptions, setContent } from './set-content.ts';

/** Details of a problem, for programs (RFC 9457 §3.1). Members with other names are extensions. */
export interface ProblemDetails {
  /** 400 to 599. */
  readonly status: number;
  /** A URI that identifies the kind of problem. Default: none, which means that the status says everything. */
  readonly type?: string;
  /** A description of the kind of problem, always the same. Default: the status's reason phrase. */
  readonly title?: string;
  /** A description of this occurrence. */
  readonly detail?: string;
  /** A URI that identifies this occurrence. */
  readonly instance?: string;
  readonly [extension: string]: unknown;
}

export const problemType = 'application/problem+json';

/** Answers with a problem. Throws `RESPOND_STATUS_INVALID` and `RESPOND_JSON_INVALID`. */
export function problem(
  context: HttpContext,
  details: ProblemDetails,
  options: Pick<AnswerOptions, 'headers'> = {},
): void {
  const { status } = details;
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw respondError('RESPOND_STATUS_INVALID', `a problem has 400 to 599, got ${status}`);
  }
  setContent(context, problemType, formatProblem(details), { ...options, status });
}

/** Formats the members in the usual order; `undefined` ones are left out. */
export function formatProblem({ type, title, status, ...rest }: ProblemDetails): string {
  return toJson({ type, title: title ?? (statusText(status) || undefined), status, ...rest });
}

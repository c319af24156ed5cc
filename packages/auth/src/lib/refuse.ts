import type { HttpResponse } from '@windhover/core';

/**
 * Answers a request that may not pass: the same for every reason, so that nobody learns which names exist. One
 * `WWW-Authenticate` field for each challenge, because some clients read only one in each. It is an answer and not an
 * error, so that a program that does not look at errors lets nothing pass; error pages give it a body.
 */
export function refuse(response: HttpResponse, status: number, challenges: readonly string[] = []): void {
  response.status = status;
  for (const challenge of challenges) response.headers.append('WWW-Authenticate', challenge);
}

import type { HttpRequest } from '@windhover/core';

/** Whether `Authorization` names a scheme of authentication; `scheme` in lower case. */
export function inAuthorization(scheme: string): (request: HttpRequest) => boolean {
  return ({ headers }) => headers.get('authorization')?.toLowerCase().startsWith(`${scheme} `) === true;
}

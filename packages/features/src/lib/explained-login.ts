import type { HttpRequest } from '@windhover/core';

/** What `auth` has said about an explained request: nobody has logged in, or only the running server can tell. */
export type ExplainedLogin = 'none' | 'unknown';

const logins = new WeakMap<HttpRequest, ExplainedLogin>();

/** `auth` tells `authorize`, which is explained after it, what it has found. */
export function tellLogin(request: HttpRequest, login: ExplainedLogin): void {
  logins.set(request, login);
}

/** `undefined`: no `auth` stands before. */
export function loginOf(request: HttpRequest): ExplainedLogin | undefined {
  return logins.get(request);
}

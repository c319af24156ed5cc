import { contextKey, type HttpContext } from '@windhover/core';
import { oidcError } from './errors.ts';

/** The part of a session of `@windhover/session` that logging in needs. */
export interface Session {
  get<T = unknown>(name: string): T | undefined;
  set(name: string, value: unknown): void;
  delete(name: string): void;
  keys(): readonly string[];
  regenerate(): void;
  seal(purpose: string, text: string): string;
  unseal(purpose: string, sealed: string): string | null;
  destroy(): void;
}

const sessionKey = contextKey<Session>('session');

/** Returns the session of a request; throws `OIDC_SESSION_MISSING` if no middleware has set one. */
export function sessionOf(context: HttpContext): Session {
  const session = context.get(sessionKey);
  if (session === undefined) throw oidcError('OIDC_SESSION_MISSING');
  return session;
}

/** Removes everything, so that the next user of this browser sees nothing of the last. */
export function clearSession(session: Session): void {
  for (const name of session.keys()) session.delete(name);
}

import { type User, type UserClaims, userOfClaims } from '@windhover/auth';
import type { Session } from './session.ts';

/** What the session keeps of a login. The names are short because a cookie holds 4 KB. */
export interface Login {
  /** The user's name. */
  readonly name: string;
  readonly roles: readonly string[];
  /** The claims that `keepClaims` names, and `sub`. */
  readonly claims: Readonly<Record<string, unknown>> & { readonly sub: string };
  /** Identifies this login, so that a logout can end copies of the cookie. */
  readonly id: string;
  /** The provider's session, which a back-channel logout names. */
  readonly sid?: string;
  /** When the provider issued the ID token, in seconds of its clock. */
  readonly iat: number;
  /** The refresh token. Missing: the login lasts as long as the session. */
  readonly refresh?: string;
  /** When to refresh, in milliseconds since the epoch. */
  readonly until?: number;
  /** The ID token, if `keepIdToken` is set. */
  readonly idToken?: string;
}

const loginName = 'oidc.login';

export function readLogin(session: Session): Login | null {
  return session.get<Login>(loginName) ?? null;
}

export function keepLogin(session: Session, login: Login): void {
  session.set(loginName, login);
}

/** Returns name, roles and kept claims; `null` if the name claim is missing. */
export function describeUser(
  claims: Readonly<Record<string, unknown>>,
  names: UserClaims,
  keepClaims: readonly string[],
): Pick<Login, 'name' | 'roles' | 'claims'> | null {
  const user = userOfClaims(claims, names);
  const { sub } = claims;
  if (user === null || typeof sub !== 'string') return null;
  const kept = Object.fromEntries(keepClaims.filter((name) => Object.hasOwn(claims, name)).map((n) => [n, claims[n]]));
  return { name: user.name, roles: user.roles ?? [], claims: { ...kept, sub } };
}

export function toUser({ name, roles, claims }: Login): User {
  return { name, roles, claims };
}

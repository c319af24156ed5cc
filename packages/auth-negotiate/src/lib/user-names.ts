import type { RoleMembers, User } from '@windhover/auth';
import { optionError } from './errors.ts';

/** How Kerberos principals become users. */
export interface UserNames {
  /**
   * The realms whose users may log in, each with the pattern of their names: `{user}`, `CORP\{user}`, `{user}@{realm}`.
   * Others get 403. Default: every realm that the keys of the keytab vouch for, with `{user}@{realm}`.
   */
  readonly realms?: Readonly<Record<string, string>>;
  /** Single principals, each with its name, whatever `realms` says; `null` refuses it. Default: none. */
  readonly users?: Readonly<Record<string, string | null>>;
  /** Roles, each with the names of those who have it. Default: none; groups in tickets are not read. */
  readonly roles?: RoleMembers;
}

/** Creates the function from a principal to its user; `null`: may not log in. Throws `NEGOTIATE_OPTION_INVALID`. */
export function userNaming({ realms, users = {}, roles = {} }: UserNames): (principal: string) => User | null {
  const patterns = realms === undefined ? null : new Map(Object.entries(realms));
  for (const [realm, pattern] of patterns ?? [])
    if (typeof pattern !== 'string' || !pattern.includes('{user}'))
      throw optionError(`realms: expected a pattern with {user} for ${realm}`);
  const single = new Map(Object.entries(users));
  for (const [principal, name] of single)
    if (name === '' || splitPrincipal(principal) === null)
      throw optionError(`users: expected a principal with its realm and a name, or null: ${principal}`);
  const members = Object.entries(roles).map(([role, names]) => [role, new Set(names)] as const);

  return function user(principal) {
    const parts = splitPrincipal(principal);
    if (parts === null) return null;
    const known = single.get(principal);
    if (known === null) return null;
    const name = known ?? nameBy(patterns, parts);
    if (name === null) return null;
    const own = members.filter(([, names]) => names.has(name)).map(([role]) => role);
    const claims = { principal, realm: parts.realm };
    return Object.freeze(own.length === 0 ? { name, claims } : { name, roles: own, claims });
  };
}

interface Principal {
  readonly user: string;
  readonly realm: string;
}

function nameBy(patterns: ReadonlyMap<string, string> | null, { user, realm }: Principal): string | null {
  // Anybody can have a ticket of these, for instance WELLKNOWN/ANONYMOUS (RFC 8062 §3).
  if (user.startsWith('WELLKNOWN/') || realm.startsWith('WELLKNOWN:')) return null;
  const pattern = patterns === null ? '{user}@{realm}' : patterns.get(realm);
  return pattern?.replace(/\{(user|realm)\}/g, (_, part: 'user' | 'realm') => ({ user, realm })[part]) ?? null;
}

/** GSSAPI escapes an @ within a name, so the one that is not escaped stands before the realm (RFC 1964 §2.1.1). */
function splitPrincipal(principal: string): Principal | null {
  const [, user, realm] = /^((?:[^@\\]|\\.)+)@([^@\\]+)$/.exec(principal) ?? [];
  return user === undefined || realm === undefined ? null : { user, realm };
}

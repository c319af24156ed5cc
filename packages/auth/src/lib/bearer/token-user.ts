import type { User } from '../user.ts';

/** Which claims name the user and the roles. */
export interface UserClaims {
  /** The claim with the name. Default: `sub`. */
  readonly nameClaim?: string;
  /** The claim with the roles, a list or a text with spaces; dots lead into objects: `realm_access.roles`. Default: `roles`. */
  readonly rolesClaim?: string;
}

/** The user that claims speak of; `null` if they have no name. */
export function userOfClaims(
  claims: Readonly<Record<string, unknown>>,
  { nameClaim = 'sub', rolesClaim = 'roles' }: UserClaims,
): User | null {
  const name = claimAt(claims, nameClaim);
  if (typeof name !== 'string' || name === '' || name.length > 256) return null;
  return Object.freeze({ name, roles: textsOf(claimAt(claims, rolesClaim)), claims });
}

/** The scopes of a token: `scope` is a text with spaces (RFC 9068 §2.2.3), `scp` of Entra ID that or a list. */
export function scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
  return textsOf(claims['scope'] ?? claims['scp']);
}

/** A claim by its whole name, or along the dots in it. */
function claimAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((part) => part !== '');
  return Array.isArray(value) ? value.filter((part): part is string => typeof part === 'string') : [];
}

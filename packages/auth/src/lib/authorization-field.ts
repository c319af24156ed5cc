import type { HttpContext } from '@windhover/core';

/**
 * What follows a scheme in `Authorization`; `null` if the field is missing or names another scheme. Names of schemes are
 * compared without case, and whole: `BearerX` is not `Bearer` (RFC 9110 §11.4).
 *
 * @param scheme in lower case
 */
export function authorizationOf({ request }: HttpContext, scheme: string): string | null {
  const value = request.headers.get('authorization');
  if (value === undefined || value.length <= scheme.length || value.charCodeAt(scheme.length) !== 0x20) return null;
  if (value.slice(0, scheme.length).toLowerCase() !== scheme) return null;
  return value.slice(scheme.length + 1).trim();
}

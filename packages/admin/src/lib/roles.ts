import type { AdminRole } from './api-types.ts';

/** From the one that may least. */
export const adminRoles: readonly AdminRole[] = ['look', 'operate', 'configure'];

/** Whether somebody with the role `own` may do what needs `needed`. */
export function roleAllows(own: AdminRole, needed: AdminRole): boolean {
  return adminRoles.indexOf(own) >= adminRoles.indexOf(needed);
}

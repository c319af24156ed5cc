import type { AdminRole } from '@windhover/admin';

const roles: readonly AdminRole[] = ['look', 'operate', 'configure'];

/** Each role may do what those before it may. */
export function may(has: AdminRole, needs: AdminRole): boolean {
  return roles.indexOf(has) >= roles.indexOf(needs);
}

import type { AdminRole } from '@windhover/admin';
import { may } from '../lib/may.ts';
import { session } from './session.ts';
import { useStore } from './use-store.ts';

/** Whether the user may do what needs that role. */
export function useMay(role: AdminRole): boolean {
  const state = useStore(session);
  return state.kind === 'in' && may(state.session.role, role);
}

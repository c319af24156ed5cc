import { session } from './session.ts';
import { useStore } from './use-store.ts';

/** Whether the server has that area. */
export function useHas(area: string): boolean {
  const state = useStore(session);
  return state.kind === 'in' && state.session.areas.includes(area);
}

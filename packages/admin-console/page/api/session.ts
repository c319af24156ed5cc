import type { ApiSession } from '@windhover/admin';
import { createStore } from '../lib/store.ts';

/** Who uses the page. */
export type SessionState =
  /** The first answer is awaited. */
  | { readonly kind: 'unknown' }
  /** `note` says why, if it was not the user's wish. */
  | { readonly kind: 'out'; readonly note: string | null }
  | { readonly kind: 'in'; readonly session: ApiSession };

export const session = createStore<SessionState>({ kind: 'unknown' });

/** The server does not know the session any more. */
export function sessionEnded(): void {
  const was = session.value.kind;
  if (was !== 'out')
    session.set({ kind: 'out', note: was === 'in' ? 'Your session has ended. Please log in again.' : null });
}

import type { ApiConfig } from '@windhover/admin';
import { left } from '../api/server.ts';
import { createStore } from '../lib/store.ts';

/** What the user has written and not yet applied. It stays while other pages are looked at. */
export interface Draft {
  readonly text: string;
  /** What it began with. */
  readonly base: Pick<ApiConfig, 'text' | 'hash'>;
}

export const draft = createStore<Draft | null>(null);

left.follow(() => draft.set(null));

addEventListener('beforeunload', (event) => {
  if (draft.value !== null && draft.value.text !== draft.value.base.text) event.preventDefault();
});

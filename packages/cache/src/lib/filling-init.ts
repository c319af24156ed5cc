import type { PushBody } from '@windhover/core';
import type { CacheMeta } from './cache-entry.ts';
import type { CacheWriter } from './cache-store.ts';

/** What a `Filling` is made with. */
export interface FillingInit {
  readonly meta: CacheMeta;
  readonly source: PushBody;
  /** `null`: the content is only passed on to those who wait for it. */
  readonly writer: CacheWriter | null;
  readonly maxBytes: number;
  /** How many more bytes all fillings together may hold. */
  readonly budget: { left: number };
  /** Whether the answer may be stored now that it is complete: it may have been purged meanwhile. */
  readonly mayCommit: () => boolean;
  /** Called once, when it can be found in the store, or will never be. */
  readonly onOver: () => void;
}

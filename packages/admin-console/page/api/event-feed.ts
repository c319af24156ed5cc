import type { ApiEvents } from '@windhover/admin';
import { createStore, type Store } from '../lib/store.ts';
import { apiGet, apiRoot } from './client.ts';

type EventName = keyof ApiEvents;
type Listener<N extends EventName> = (data: ApiEvents[N]) => unknown;

/** What the server tells by itself. One connection for the whole page. */
export interface EventFeed {
  /** `lost`: there was a connection, and it is tried again. */
  readonly state: Store<'connecting' | 'open' | 'lost'>;
  on<N extends EventName>(name: N, listener: Listener<N>): () => void;
  /** Runs `listener` after each connection but the first: what happened in between was missed. */
  onReturn(listener: () => void): () => void;
  open(): void;
  close(): void;
}

const names: readonly EventName[] = ['stats', 'log', 'trace', 'audit', 'changed'];
const firstRetryMs = 1000;
const longestRetryMs = 15_000;
/** Browsers open six connections to a server that speaks HTTP/1.1: forgotten tabs must not take them all. */
const hiddenMs = 60_000;

export function createEventFeed(): EventFeed {
  const state = createStore<'connecting' | 'open' | 'lost'>('connecting');
  const listeners = new Map<EventName, Set<Listener<never>>>(names.map((name) => [name, new Set()]));
  const returns = new Set<() => void>();
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = firstRetryMs;
  let wasOpen = false;
  let isResting = false;

  const connect = (): void => {
    const current = new EventSource(`${apiRoot}/events`);
    source = current;
    current.onopen = () => {
      retryMs = firstRetryMs;
      state.set('open');
      if (wasOpen) for (const listener of [...returns]) listener();
      wasOpen = true;
    };
    // The browser's own retries end with the first answer that is an error, and do not tell a session that ended.
    current.onerror = () => {
      current.close();
      if (source === current) retry();
    };
    for (const name of names) {
      current.addEventListener(name, ({ data }: MessageEvent<string>) => {
        const value = JSON.parse(data) as never;
        for (const listener of [...listeners.get(name)!]) listener(value);
      });
    }
  };

  let hidden: ReturnType<typeof setTimeout> | undefined;
  const follow = (): void => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(rest, hiddenMs);
    else if (isResting) {
      isResting = false;
      connect();
    }
  };
  const rest = (): void => {
    if (source === null) return;
    isResting = true;
    clearTimeout(timer);
    source.close();
  };

  const retry = (): void => {
    state.set('lost');
    timer = setTimeout(async () => {
      const isThere = await apiGet('/session').then(
        () => true,
        () => false,
      );
      if (source === null || isResting) return; // closed meanwhile
      if (isThere) connect();
      else retry();
    }, retryMs);
    retryMs = Math.min(retryMs * 1.6, longestRetryMs);
  };

  return {
    state,
    on(name, listener) {
      const set = listeners.get(name)! as Set<Listener<typeof name>>;
      set.add(listener);
      return () => set.delete(listener);
    },
    onReturn(listener) {
      returns.add(listener);
      return () => returns.delete(listener);
    },
    open() {
      if (source !== null) return;
      document.addEventListener('visibilitychange', follow);
      connect();
    },
    close() {
      document.removeEventListener('visibilitychange', follow);
      clearTimeout(hidden);
      clearTimeout(timer);
      source?.close();
      source = null;
      isResting = false;
      wasOpen = false;
      retryMs = firstRetryMs;
      state.set('connecting');
    },
  };
}

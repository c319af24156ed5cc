import type { ApiEvents } from '@windhover/admin';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../lib/api-error.ts';
import { createRefresher, type Refresher } from '../lib/refresher.ts';
import { apiGet } from './client.ts';
import { feed } from './server.ts';

/** What `changed` names, and events that add to a list. */
export type Change = ApiEvents['changed']['what'][number] | 'trace' | 'audit';

/** Something that the server has, kept up to date. */
export interface Resource<T> {
  /** `null` until the first answer. What was last read stays while a later question fails. */
  readonly data: T | null;
  readonly error: ApiError | null;
  reload(): Promise<void>;
}

interface Refresh {
  /** Read again when the server says that these have changed. */
  readonly on?: readonly Change[];
  /** Read again after so long, while the page is seen. */
  readonly everyMs?: number;
}

/** Reads a path of the API, and again whenever it may have changed. */
export function useResource<T>(path: string, { on = [], everyMs = 0 }: Refresh = {}): Resource<T> {
  const [state, setState] = useState<State<T>>({ path, data: null, error: null });
  const refresher = useRef<Refresher | null>(null);
  const changes = on.join();
  useEffect(() => {
    const names = changes.split(',');
    const controller = new AbortController();
    const current = createRefresher(async () => {
      const next = await read<T>(path, controller.signal);
      if (!controller.signal.aborted)
        setState((last) => ({ path, ...keepData(last.path === path ? last : null, next) }));
    });
    refresher.current = current;
    void current.now();
    const ends = [
      feed.onReturn(() => current.soon()),
      feed.on('changed', ({ what }) => what.some((name) => names.includes(name)) && current.soon()),
      ...(['trace', 'audit'] as const)
        .filter((name) => names.includes(name))
        .map((name) => feed.on(name, current.soon)),
    ];
    const timer = everyMs > 0 ? setInterval(() => document.hidden || void current.now(), everyMs) : undefined;
    return () => {
      for (const end of ends) end();
      clearInterval(timer);
      current.stop();
      controller.abort();
    };
  }, [path, changes, everyMs]);
  const reload = useCallback(async () => refresher.current?.now(), []);
  return state.path === path ? { ...state, reload } : { data: null, error: null, reload };
}

interface State<T> {
  readonly path: string;
  readonly data: T | null;
  readonly error: ApiError | null;
}

type Answer<T> = { readonly data: T } | { readonly error: ApiError };

function read<T>(path: string, signal: AbortSignal): Promise<Answer<T>> {
  return apiGet<T>(path, signal).then(
    (data) => ({ data }),
    (error: ApiError) => ({ error }),
  );
}

function keepData<T>(last: State<T> | null, next: Answer<T>): Pick<State<T>, 'data' | 'error'> {
  return 'data' in next ? { data: next.data, error: null } : { data: last?.data ?? null, error: next.error };
}

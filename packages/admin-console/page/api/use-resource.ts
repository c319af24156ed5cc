import type { ApiEvents } from '@windhover/admin';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../lib/api-error.ts';
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

/** Reads a path of the API, and again whenever it may have changed. `null`: reads nothing. */
export function useResource<T>(path: string | null, { on = [], everyMs = 0 }: Refresh = {}): Resource<T> {
  const [state, setState] = useState<{ path: string | null; data: T | null; error: ApiError | null }>(nothing);
  const abort = useRef<AbortController | null>(null);
  const reload = useCallback(async () => {
    abort.current?.abort();
    if (path === null) return;
    const controller = new AbortController();
    abort.current = controller;
    try {
      const data = await apiGet<T>(path, controller.signal);
      if (!controller.signal.aborted) setState({ path, data, error: null });
    } catch (error) {
      if (controller.signal.aborted) return;
      setState((last) => ({ path, data: last.path === path ? last.data : null, error: error as ApiError }));
    }
  }, [path]);
  const changes = on.join();
  useEffect(() => {
    void reload();
    const names = changes.split(',');
    const update = (): void => void reload();
    const ends = [
      feed.onReturn(update),
      feed.on('changed', ({ what }) => what.some((name) => names.includes(name)) && update()),
      ...(['trace', 'audit'] as const).filter((name) => names.includes(name)).map((name) => feed.on(name, update)),
    ];
    const timer = everyMs > 0 ? setInterval(() => document.hidden || void reload(), everyMs) : undefined;
    return () => {
      for (const end of ends) end();
      clearInterval(timer);
      abort.current?.abort();
    };
  }, [reload, changes, everyMs]);
  return { data: state.path === path ? state.data : null, error: state.path === path ? state.error : null, reload };
}

const nothing = { path: null, data: null, error: null };

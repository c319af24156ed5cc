import type { Clock, Host, Logger } from '@windhover/core/feature';

/** A host for features that run in one process. */
export interface LocalHost extends Host {
  /** Resolves when everything given to `track` has settled. */
  settled(): Promise<void>;
  /** Disposes of what `keep` made. */
  dispose(): void;
}

interface Kept {
  readonly version: string;
  readonly value: unknown;
  readonly dispose: () => void;
}

/** Makes a host of a log and a clock: nobody counts its metrics, and its bus has no other workers to reach. */
export function createLocalHost({ log, clock }: { readonly log: Logger; readonly clock: Clock }): LocalHost {
  const kept = new Map<string, Kept>();
  const pending = new Set<Promise<unknown>>();
  return {
    log,
    clock,
    metrics: { count: () => undefined, observe: () => undefined },
    bus: { publish: () => undefined, subscribe: () => () => undefined },
    keep<T>(key: string, version: string, create: () => T, dispose?: (value: T) => void): T {
      const old = kept.get(key);
      if (old?.version === version) return old.value as T;
      const value = create();
      kept.set(key, { version, value, dispose: () => dispose?.(value) });
      old?.dispose();
      return value;
    },
    track(work) {
      const forget = (): void => void pending.delete(settled);
      const settled: Promise<void> = work.then(forget, forget);
      pending.add(settled);
    },
    async settled() {
      while (pending.size > 0) await Promise.all(pending);
    },
    dispose() {
      for (const { dispose } of kept.values()) dispose();
      kept.clear();
    },
  };
}

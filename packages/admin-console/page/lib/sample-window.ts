import type { ApiSample } from '@windhover/admin';

/** The samples of the last minutes, oldest first: never more than fit into `spanMs`, and never more than `maxCount`. */
export interface SampleWindow {
  readonly samples: readonly ApiSample[];
  /** What the server had before this page was opened, or while the connection was lost. */
  fill(samples: readonly ApiSample[]): void;
  add(sample: ApiSample): void;
}

/** @param maxCount what a server that sends faster than usual cannot exceed */
export function createSampleWindow(spanMs = 15 * 60_000, maxCount = 1000): SampleWindow {
  let samples: ApiSample[] = [];
  const trim = (): void => {
    const last = samples.at(-1);
    if (last === undefined) return;
    const first = samples.findIndex(({ at }) => at >= last.at - spanMs);
    const from = Math.max(first, samples.length - maxCount);
    if (from > 0) samples = samples.slice(from);
  };
  return {
    get samples() {
      return samples;
    },
    fill(older) {
      const all = new Map([...older, ...samples].map((sample) => [sample.at, sample]));
      samples = [...all.values()].sort((one, other) => one.at - other.at);
      trim();
    },
    add(sample) {
      if (sample.at <= (samples.at(-1)?.at ?? 0)) return; // came with the list already
      samples = [...samples, sample];
      trim();
    },
  };
}

import type { ApiSample } from '@windhover/admin';

/** The values of one plot over its time: now, the least, the most. `null` without any. */
export interface SeriesSummary {
  readonly now: number | null;
  readonly least: number | null;
  readonly most: number | null;
}

type Pick = (sample: ApiSample) => number | null;

export function summarize(samples: readonly ApiSample[], pick: Pick): SeriesSummary {
  let [least, most]: [number | null, number | null] = [null, null];
  for (const sample of samples) {
    const value = pick(sample);
    if (value === null) continue;
    least = least === null ? value : Math.min(least, value);
    most = most === null ? value : Math.max(most, value);
  }
  const last = samples.at(-1);
  return { now: last === undefined ? null : pick(last), least, most };
}

/** One row for each minute that has ended or runs, the newest first: the mean of a rate, the most of what waits. */
export function byMinute(samples: readonly ApiSample[]): readonly ApiSample[] {
  const minutes = new Map<number, ApiSample[]>();
  for (const sample of samples) {
    const minute = Math.floor(sample.at / 60_000) * 60_000;
    const group = minutes.get(minute);
    if (group === undefined) minutes.set(minute, [sample]);
    else group.push(sample);
  }
  return [...minutes].reverse().map(([at, group]) => mergeMinute(at, group));
}

function mergeMinute(at: number, group: readonly ApiSample[]): ApiSample {
  const mean = (pick: (sample: ApiSample) => number): number =>
    group.reduce((sum, sample) => sum + pick(sample), 0) / group.length;
  const most = (pick: Pick): number | null => summarize(group, pick).most;
  return {
    at,
    requests: mean(({ requests }) => requests),
    errors: mean(({ errors }) => errors),
    p50: most(({ p50 }) => p50),
    p95: most(({ p95 }) => p95),
    p99: most(({ p99 }) => p99),
    received: mean(({ received }) => received),
    sent: mean(({ sent }) => sent),
    connections: most(({ connections }) => connections)!,
    inFlight: most(({ inFlight }) => inFlight)!,
    cpu: mean(({ cpu }) => cpu),
    memory: most(({ memory }) => memory)!,
    eventLoop: most(({ eventLoop }) => eventLoop)!,
  };
}

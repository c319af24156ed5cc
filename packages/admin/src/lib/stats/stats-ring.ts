import type { AdminStats } from '../admin-target.ts';
import type { ApiSample } from '../api-types.ts';

/** 15 minutes of one sample every two seconds. */
const maxSamples = 450;

/** Remembers the samples of the last minutes. */
export class StatsRing implements AdminStats {
  private readonly samples: ApiSample[] = [];

  add(sample: ApiSample): void {
    this.samples.push(sample);
    if (this.samples.length > maxSamples) this.samples.shift();
  }

  since(at: number): readonly ApiSample[] {
    return this.samples.filter((sample) => sample.at > at);
  }
}

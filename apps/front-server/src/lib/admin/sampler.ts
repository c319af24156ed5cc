import type { ApiSample } from '@windhover/admin';
import { type CountsByProcess, type ProcessCounts, StatsRing, toSample } from '@windhover/admin';
import type { AdminHost } from './admin-host.ts';
import type { CountsAnswer } from './answer-administrator.ts';

/** How often the processes are asked, in milliseconds. */
const everyMs = 2000;

/** Asks all processes for their numbers again and again, and keeps the samples of the last minutes. */
export class Sampler {
  readonly ring = new StatsRing();
  private readonly host: AdminHost;
  private readonly tell: (sample: ApiSample) => void;
  private before: { readonly at: number; readonly counts: CountsByProcess } | null = null;
  private cancel: (() => void) | null = null;

  constructor(host: AdminHost, tell: (sample: ApiSample) => void) {
    this.host = host;
    this.tell = tell;
  }

  start(): void {
    this.cancel ??= this.host.clock.schedule(everyMs, () => void this.run());
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.before = null;
  }

  private async run(): Promise<void> {
    const { clock } = this.host;
    const { counts, bounds } = await this.read();
    if (this.cancel === null) return; // it was stopped meanwhile
    const after = { at: clock.now(), counts };
    if (this.before !== null) {
      const sample = toSample(this.before, after, bounds);
      this.ring.add(sample);
      this.tell(sample);
    }
    this.before = after;
    this.cancel = clock.schedule(everyMs, () => void this.run());
  }

  /** A process that does not answer now is left out: it is counted on when it answers again. */
  private async read(): Promise<{ readonly counts: CountsByProcess; readonly bounds: readonly number[] }> {
    const counts = new Map<string, ProcessCounts>();
    let bounds: readonly number[] = [];
    for (const answer of await this.host.askAll({ ask: 'counts' })) {
      if (!('value' in answer)) {
        const old = this.before?.counts.get(answer.worker);
        if (old !== undefined) counts.set(answer.worker, old);
        continue;
      }
      const { counts: own, bounds: ownBounds } = answer.value as CountsAnswer;
      counts.set(answer.worker, own);
      if (ownBounds.length > 0) bounds = ownBounds;
    }
    if (this.host.isSupervisor) counts.set('supervisor', ownCounts());
    return { counts, bounds };
  }
}

/** Of a process that serves nobody. */
function ownCounts(): ProcessCounts {
  const { user, system } = process.cpuUsage();
  return {
    ...{ requests: 0, errors: 0, durations: [], received: 0, sent: 0, connections: 0, inFlight: 0, eventLoop: 0 },
    cpu: user + system,
    memory: process.memoryUsage.rss(),
  };
}

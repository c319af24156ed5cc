import type { Clock, Logger, WorkerBus } from '@windhover/core/feature';
import { Leases } from './leases.ts';
import { createMetricsRegistry, type MetricsRegistry } from './metrics-registry.ts';
import { TrackedWork } from './tracked-work.ts';

/** What a server has once and every configuration uses: it stays when a configuration is replaced. */
export interface HostServices {
  readonly log: Logger;
  readonly clock: Clock;
  readonly bus: WorkerBus;
  readonly metrics: MetricsRegistry;
  readonly leases: Leases;
  readonly work: TrackedWork;
}

/** What `createHostServices` takes. */
export interface HostServicesOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Default: one that has no other workers to reach. */
  readonly bus?: WorkerBus;
}

/** Makes the services of one process. */
export function createHostServices({ log, clock, bus = noOtherWorkers }: HostServicesOptions): HostServices {
  return {
    log,
    clock,
    bus,
    metrics: createMetricsRegistry(),
    leases: new Leases(),
    work: new TrackedWork(),
  };
}

const noOtherWorkers: WorkerBus = { publish: () => undefined, subscribe: () => () => undefined };

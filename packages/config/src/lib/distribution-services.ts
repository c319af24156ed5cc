import type { Clock, Logger, WorkerBus } from '@windhover/core/feature';
import { Leases } from './leases.ts';
import { createMetricsRegistry, type MetricsRegistry } from './metrics-registry.ts';
import { TrackedWork } from './tracked-work.ts';

/** The services of one process. All configurations share them, and they stay when a configuration is replaced. */
export interface DistributionServices {
  readonly log: Logger;
  readonly clock: Clock;
  readonly bus: WorkerBus;
  readonly metrics: MetricsRegistry;
  readonly leases: Leases;
  readonly work: TrackedWork;
}

/** The options of `createDistributionServices`. */
export interface DistributionServicesOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Default: a bus without other workers. */
  readonly bus?: WorkerBus;
}

/** Creates the services of one process. */
export function createDistributionServices({
  log,
  clock,
  bus = noOtherWorkers,
}: DistributionServicesOptions): DistributionServices {
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

import type { Clock, Logger, WorkerBus } from '@windhover/core/feature';
import { Leases } from './leases.ts';
import { createMetricsRegistry, type MetricsRegistry } from './metrics-registry.ts';
import { TrackedWork } from './tracked-work.ts';

/** The services of one process. All configurations share them, and they stay when a configuration is replaced. */
export interface HostServices {
  readonly log: Logger;
  readonly clock: Clock;
  readonly bus: WorkerBus;
  readonly metrics: MetricsRegistry;
  readonly leases: Leases;
  readonly work: TrackedWork;
}

/** The options of `createHostServices`. */
export interface HostServicesOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Default: a bus without other workers. */
  readonly bus?: WorkerBus;
}

/** Creates the services of one process. */
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

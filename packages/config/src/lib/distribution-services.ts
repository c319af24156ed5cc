import { setMaxListeners } from 'node:events';
import type { Clock, Logger, WorkerBus } from '@windhover/core/feature';
import { Leases } from './leases.ts';
import { createMetricsRegistry, type MetricsRegistry } from './metrics-registry.ts';
import { TrackedWork } from './tracked-work.ts';

/** The services of one process. All configurations share them, and they stay when a configuration is replaced. */
export interface DistributionServices {
  readonly log: Logger;
  readonly clock: Clock;
  readonly bus: WorkerBus;
  readonly stopping: AbortSignal;
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
  /** Aborts when the server begins to stop. Default: never. */
  readonly stopping?: AbortSignal;
}

/** Creates the services of one process. */
export function createDistributionServices({
  log,
  clock,
  bus = noOtherWorkers,
  stopping = new AbortController().signal,
}: DistributionServicesOptions): DistributionServices {
  setMaxListeners(0, stopping); // every request that is kept waiting may listen to it
  return {
    log,
    clock,
    bus,
    stopping,
    metrics: createMetricsRegistry(),
    leases: new Leases(),
    work: new TrackedWork(),
  };
}

const noOtherWorkers: WorkerBus = { publish: () => undefined, subscribe: () => () => undefined };

export { composeLayers, inPhaseOrder } from './lib/compose-layers.ts';
export type {
  Feature,
  FeatureInstance,
  HttpLayer,
  Layer,
  Level,
  Lifecycle,
  Reason,
  Resource,
  ResourceFeature,
  SchemaResult,
  StandardSchema,
} from './lib/feature.ts';
export { type Phase, phaseOrder, phases } from './lib/phases.ts';
export type { ResourceKind } from './lib/resource.ts';
export type {
  Clock,
  Counter,
  FeatureLocation,
  Gauge,
  Histogram,
  Instrument,
  Logger,
  Metrics,
  Services,
  WorkerBus,
} from './lib/services.ts';

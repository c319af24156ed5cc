export { composeLayers, inPhaseOrder } from './lib/compose-layers.ts';
export type {
  Feature,
  FeatureInstance,
  Level,
  Lifecycle,
  Resource,
  ResourceFeature,
  SchemaResult,
  StandardSchema,
  WrappedLayer,
} from './lib/feature.ts';
export type { HttpLayer, Layer, Reason } from './lib/layer.ts';
export type { ManagedThing } from './lib/managed-thing.ts';
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

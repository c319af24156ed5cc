export type { ConfigDisk } from './lib/config-disk.ts';
export type { ConfigPath } from './lib/config-path.ts';
export { type ConfigSnapshot, diskOf, type RecordingDisk, recordDisk } from './lib/config-snapshot.ts';
export type { Configuration, ListenerConfig, RouteConfig, SiteConfig } from './lib/configuration.ts';
export { connectionLayers } from './lib/connection-layers.ts';
export { type Distribution, type DistributionParts, defineDistribution } from './lib/define-distribution.ts';
export {
  createDistributionServices,
  type DistributionServices,
  type DistributionServicesOptions,
} from './lib/distribution-services.ts';
export { editorSchema } from './lib/editor-schema.ts';
export { effectiveFeatures } from './lib/effective-features.ts';
export { ConfigError, type ConfigErrorCode, configErrors } from './lib/errors.ts';
export { listenersFor } from './lib/explain-listeners.ts';
export {
  type ExplainedLayer,
  type ExplainedRequest,
  type Explanation,
  explainRequest,
} from './lib/explain-request.ts';
export { formatProblems } from './lib/format-problems.ts';
export { type Generations, type PreparedConfiguration, startGenerations } from './lib/generations.ts';
export type { JsonSchema } from './lib/json-schema.ts';
export { type ListedLayer, type ListedSites, listSites } from './lib/list-sites.ts';
export { isSameListener, type ListenAddress, parseListenAddress } from './lib/listen-address.ts';
export {
  type ConfigFiles,
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
  type Overrides,
  type WrittenConfig,
} from './lib/load-config.ts';
export { type LoadedSettings, loadSettings } from './lib/load-settings.ts';
export { createHostMatcher, type HostMatcher } from './lib/match-host.ts';
export { createRouteMatcher, type RouteMatcher } from './lib/match-route.ts';
export type { MetricFamily, MetricSeries, MetricsRegistry } from './lib/metrics-registry.ts';
export { type OptionIssue, OptionsError } from './lib/options-error.ts';
export type { PlacedFeature } from './lib/placed-feature.ts';
export type { PlacedThing } from './lib/placed-thing.ts';
export { printConfig } from './lib/print-config.ts';
export type { Place, Problem, Source } from './lib/problem.ts';
export type { Reference } from './lib/reference-types.ts';
export type { RouteRule } from './lib/route-rule.ts';
export type { Sections, SectionValues } from './lib/sections.ts';
export { createSiteHandler } from './lib/site-handler.ts';
export type { Environment } from './lib/substitute-references.ts';
export { byteRate, duration, orAlone, rate, size } from './lib/units.ts';

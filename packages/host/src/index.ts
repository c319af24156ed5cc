export type { ConfigPath } from './lib/config-path.ts';
export type { Configuration, RouteConfig, SiteConfig } from './lib/configuration.ts';
export {
  defineHost,
  type HostDefinition,
  type HostParts,
  type Sections,
  type SectionValues,
} from './lib/define-host.ts';
export { HostError, type HostErrorCode, hostErrors } from './lib/errors.ts';
export { formatProblems } from './lib/format-problems.ts';
export type { JsonSchema } from './lib/json-schema.ts';
export { type ListenAddress, listenSchema, parseListenAddress } from './lib/listen-address.ts';
export { type LoadedConfig, loadConfig } from './lib/load-config.ts';
export { type LoadedSettings, loadSettings } from './lib/load-settings.ts';
export { createLocalHost, type LocalHost } from './lib/local-host.ts';
export { createHostMatcher, type HostMatcher } from './lib/match-host.ts';
export { createRouteMatcher, type RouteMatcher } from './lib/match-route.ts';
export { nearestName } from './lib/nearest-name.ts';
export { type OptionIssue, OptionsError } from './lib/options-error.ts';
export type { PlacedFeature } from './lib/place-features.ts';
export type { Problem, Source } from './lib/problem.ts';
export { createSiteHandler } from './lib/site-handler.ts';

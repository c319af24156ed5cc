export { type ConfigSource, defineConfig, type Environment } from './lib/define-config.ts';
export type { RouteConfig, SiteConfig, WindhoverConfig } from './lib/windhover-config.ts';

import type { WindhoverConfig } from './windhover-config.ts';

/** The environment of the process: `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A configuration, or a function that makes one from the environment. */
export type ConfigSource = WindhoverConfig | ((env: Environment) => WindhoverConfig | Promise<WindhoverConfig>);

/** Gives a configuration module its types: `export default defineConfig({ … })`. Returns what it is given. */
export function defineConfig(config: ConfigSource): ConfigSource {
  return config;
}

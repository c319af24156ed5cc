import {
  type Configuration,
  createDistributionServices,
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
  type Source,
} from '@windhover/config';
import { createConsoleLog } from '@windhover/console';
import { systemClock } from '@windhover/core';
import { distributionWithoutLogs } from './distribution.ts';
import type { FrontSections } from './front-server.ts';

/** A configuration that is only looked at, or its problems. */
export type InspectedConfig = LoadedConfig<FrontSections>;

/**
 * Loads a configuration and gives it to `look`, without starting anything; everything it made is disposed of afterwards.
 *
 * @param options Default: the environment and the disk of this process
 */
export async function inspectConfig<T>(
  config: string | Source,
  look: (loaded: InspectedConfig) => T | Promise<T>,
  options: Pick<LoadOptions, 'env' | 'disk'> = {},
): Promise<T> {
  const services = createDistributionServices({
    log: createConsoleLog(() => undefined, systemClock),
    clock: systemClock,
  });
  const definition = distributionWithoutLogs();
  const loaded = await loadConfig(config, definition, services, options);
  const made: Configuration | null = loaded.ok ? loaded.config : null;
  try {
    return await look(loaded);
  } finally {
    await made?.dispose();
  }
}

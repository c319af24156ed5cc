import {
  type Configuration,
  createDistributionServices,
  createSiteHandler,
  defineDistribution,
  formatProblems,
  loadConfig,
} from '@windhover/config';
import type { Handler, HttpContext } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { createManualClock } from '@windhover/testing';
import { standardFeatures, standardResources } from './standard-features.ts';

const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The handler of a configuration of one site, whose lines are given without indentation, or everything with its problems. */
export async function handlerOf(
  text: string,
  clock = createManualClock(),
  more: readonly Feature<unknown>[] = [],
): Promise<Handler<HttpContext>> {
  const config = await configOf(text, clock, more);
  await config.prepare();
  return createSiteHandler(config);
}

/** A configuration that is not prepared, or everything with its problems. */
export async function configOf(
  text: string,
  clock = createManualClock(),
  more: readonly Feature<unknown>[] = [],
): Promise<Configuration> {
  const definition = defineDistribution({ features: [...standardFeatures, ...more], resources: standardResources });
  const services = createDistributionServices({ log, clock });
  const loaded = await loadConfig({ file: '/etc/windhover.yaml', text }, definition, services);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.config;
}

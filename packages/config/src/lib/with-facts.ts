import type { FeatureLocation, Logger } from '@windhover/core/feature';

/** Creates a log whose lines include the site and route of the configuration they come from. */
export function withFacts(log: Logger, { site, route }: Pick<FeatureLocation, 'site' | 'route'>): Logger {
  if (site === null) return log;
  const place = route === null ? { site } : { site, route };
  const bind =
    (level: keyof Logger): Logger['info'] =>
    (message, facts) =>
      log[level](message, { ...place, ...facts });
  return { debug: bind('debug'), info: bind('info'), warn: bind('warn'), error: bind('error') };
}

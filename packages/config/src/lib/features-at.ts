import type { Feature, Level } from '@windhover/core/feature';

/** The features that a configuration may name at a level. */
export function featuresAt(features: Iterable<Feature<unknown>>, level: Level): Feature<unknown>[] {
  return [...features].filter(({ levels }) => levels.includes(level));
}

/** Whether a configuration with one implicit site may name the feature. It names features at the top, whatever their level. */
export function isOfSite({ levels }: Feature<unknown>): boolean {
  return levels.some((level) => level !== 'listener');
}

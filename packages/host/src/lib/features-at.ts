import type { Feature, Level } from '@windhover/core/feature';

/** The features that a configuration may name at a level. */
export function featuresAt(features: Iterable<Feature<unknown>>, level: Level): Feature<unknown>[] {
  return [...features].filter(({ levels }) => levels.includes(level));
}

/** Whether a configuration of one site may name the feature, which it does at the top, whatever the feature's level is. */
export function isOfSite({ levels }: Feature<unknown>): boolean {
  return levels.some((level) => level !== 'listener');
}

import type { Feature, Level } from '@windhover/core/feature';

/** The features that a configuration may name at a level. */
export function featuresAt(features: Iterable<Feature<unknown>>, level: Level): Feature<unknown>[] {
  return [...features].filter(({ levels }) => levels.includes(level));
}

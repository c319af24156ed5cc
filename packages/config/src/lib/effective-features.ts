import type { PlacedFeature } from './placed-feature.ts';

/**
 * Returns the features in effect inside several levels, given outermost first. A feature with `combine: 'replace'` keeps only its innermost
 * instances, one with `'add'` keeps all, and `false` removes the instances of outer levels.
 */
export function effectiveFeatures(levels: readonly (readonly PlacedFeature[])[]): readonly PlacedFeature[] {
  let effective: readonly PlacedFeature[] = [];
  for (const level of levels) {
    const ended = new Set(
      level.filter(({ feature, instance }) => instance === null || feature.combine === 'replace').map(nameOf),
    );
    const stays = ended.size === 0 ? effective : effective.filter((placed) => !ended.has(nameOf(placed)));
    effective = [...stays, ...level.filter(({ instance }) => instance !== null)];
  }
  return effective;
}

function nameOf({ feature }: PlacedFeature): string {
  return feature.name;
}

import type { PlacedFeature } from './placed-feature.ts';

/**
 * What is in effect inside several levels, the outermost first. A feature that replaces leaves only its innermost instances, one that adds
 * leaves all of them, and `false` takes away those of the levels around it.
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

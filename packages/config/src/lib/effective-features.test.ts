import type { Feature } from '@windhover/core/feature';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { effectiveFeatures } from './effective-features.ts';
import type { PlacedFeature } from './placed-feature.ts';

/** `+log` adds, `=log` replaces, `!log` says false; what follows `:` tells instances apart. */
function level(...texts: string[]): PlacedFeature[] {
  return texts.map((text) => {
    const [, sign, name] = /^([+=!])(\w+)/.exec(text)!;
    const feature: Feature<unknown> = {
      name: name!,
      schema: z.unknown(),
      levels: ['top', 'site', 'route'],
      phases: [],
      combine: sign === '+' ? 'add' : 'replace',
      create: () => ({ layers: [] }),
    };
    return { feature, path: [text], instance: sign === '!' ? null : { layers: [] } };
  });
}

describe('effectiveFeatures()', () => {
  it.each([
    [[['=a:1'], ['=b:2']], '=a:1 =b:2'],
    [[['=a:1', '=b:1'], ['=a:2']], '=b:1 =a:2'],
    [[['=a:1'], [], ['=a:3']], '=a:3'],
    [[['+a:1'], ['+a:2'], ['+a:3']], '+a:1 +a:2 +a:3'],
    [[['+a:1', '+a:2'], ['+a:3']], '+a:1 +a:2 +a:3'],
    [[['+a:1'], ['!a'], ['+a:3']], '+a:3'],
    [[['=a:1', '=b:1'], ['!a']], '=b:1'],
    [[['!a']], ''],
    [[], ''],
  ])('makes of %j: %s', (levels, expected) => {
    const effective = effectiveFeatures(levels.map((texts) => level(...texts)));
    expect(effective.map(({ path }) => path[0]).join(' ')).toBe(expected);
  });
});

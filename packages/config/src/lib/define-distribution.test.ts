import type { Feature } from '@windhover/core/feature';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definition, testServices } from './config-fixtures.ts';
import { valueAt } from './config-path.ts';
import { defineDistribution } from './define-distribution.ts';
import { loadConfig } from './load-config.ts';

function feature(name: string, parts: Partial<Feature<unknown>> = {}): Feature<unknown> {
  return {
    name,
    levels: ['route'],
    phases: ['origin'],
    combine: 'replace',
    schema: z.unknown(),
    create: () => ({ layers: [] }),
    ...parts,
  };
}

describe('defineDistribution()', () => {
  it('describes the whole configuration, options of features included, as JSON Schema', () => {
    const { jsonSchema } = definition;
    const routes = ['properties', 'sites', 'additionalProperties', 'properties', 'routes', 'items', 'properties'];
    expect(valueAt(jsonSchema, [...routes, 'static', 'anyOf', 0, 'properties', 'mode', 'enum'])).toEqual([
      'plain',
      'packed',
    ]);
    expect(valueAt(jsonSchema, ['properties', 'accessLog', 'enum'])).toEqual(['console', 'off']);
  });

  it.each([
    [[feature('a'), feature('a')], {}, 'CONFIG_NAME_TAKEN'],
    [[feature('path')], {}, 'CONFIG_NAME_TAKEN'],
    [[feature('limits')], { limits: z.string() }, 'CONFIG_NAME_TAKEN'],
    [[], { sites: z.string() }, 'CONFIG_NAME_TAKEN'],
    [[feature('greetings')], {}, 'CONFIG_NAME_TAKEN'],
    [[feature('a', { phases: ['connection'], levels: ['site'] })], {}, 'CONFIG_FEATURE_INVALID'],
    [[feature('a', { phases: ['rewrite'], levels: ['route'] })], {}, 'CONFIG_FEATURE_INVALID'],
    [[feature('a', { phases: ['identity'], levels: ['top', 'site'] })], {}, 'CONFIG_FEATURE_INVALID'],
    [[feature('a', { phases: ['edge'], levels: ['listener'] })], {}, 'CONFIG_FEATURE_INVALID'],
    [[feature('a', { phases: ['shield'], levels: ['listener'] })], {}, 'CONFIG_FEATURE_INVALID'],
    [[feature('a', { phases: ['last' as 'edge'] })], {}, 'CONFIG_FEATURE_INVALID'],
    [[feature('a', { levels: [] })], {}, 'CONFIG_FEATURE_INVALID'],
  ])('refuses a distribution that contradicts itself (%#)', (features, sections, code) => {
    const resources = definition.parts.resources!;
    expect(() => defineDistribution({ features, sections, resources })).toThrow(expect.objectContaining({ code }));
  });

  it('refuses two makers of one kind that nobody could tell apart', () => {
    const [maker] = definition.parts.resources!;
    expect(() => defineDistribution({ features: [], resources: [maker!, maker!] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_NAME_TAKEN' }),
    );
  });

  it('refuses a layer in a phase that its feature does not name', async () => {
    const layers = [{ phase: 'auth', run: () => undefined }] as const;
    const sneaky = defineDistribution({ features: [feature('sneaky', { create: () => ({ layers }) })] });
    const text = 'sites: { a: { routes: [{ path: /, sneaky: {} }] } }';
    await expect(loadConfig({ file: 'w', text }, sneaky, testServices())).rejects.toMatchObject({
      code: 'CONFIG_LAYER_UNEXPECTED',
    });
  });

  it('refuses options of its own defaults that are wrong: they are a bug, not a problem of a configuration', async () => {
    const wrong = defineDistribution({ features: definition.parts.features, defaults: { edge: { label: 5 } } });
    const text = 'sites: { a: { routes: [{ path: /, text: { text: hi } }] } }';
    await expect(loadConfig({ file: 'w', text }, wrong, testServices())).rejects.toMatchObject({
      code: 'CONFIG_FEATURE_INVALID',
    });
  });
});

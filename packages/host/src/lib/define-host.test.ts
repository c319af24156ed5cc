import type { Feature } from '@windhover/core/feature';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { valueAt } from './config-path.ts';
import { defineHost } from './define-host.ts';
import { definition, testServices } from './host-fixtures.ts';
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

describe('defineHost()', () => {
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
    [[feature('a'), feature('a')], {}, 'HOST_NAME_TAKEN'],
    [[feature('path')], {}, 'HOST_NAME_TAKEN'],
    [[feature('limits')], { limits: z.string() }, 'HOST_NAME_TAKEN'],
    [[], { sites: z.string() }, 'HOST_NAME_TAKEN'],
    [[feature('greetings')], {}, 'HOST_NAME_TAKEN'],
    [[feature('a', { phases: ['connection'], levels: ['site'] })], {}, 'HOST_FEATURE_INVALID'],
    [[feature('a', { phases: ['rewrite'], levels: ['route'] })], {}, 'HOST_FEATURE_INVALID'],
    [[feature('a', { phases: ['identity'], levels: ['top', 'site'] })], {}, 'HOST_FEATURE_INVALID'],
    [[feature('a', { phases: ['edge'], levels: ['listener'] })], {}, 'HOST_FEATURE_INVALID'],
    [[feature('a', { phases: ['shield'], levels: ['listener'] })], {}, 'HOST_FEATURE_INVALID'],
    [[feature('a', { phases: ['last' as 'edge'] })], {}, 'HOST_FEATURE_INVALID'],
    [[feature('a', { levels: [] })], {}, 'HOST_FEATURE_INVALID'],
  ])('refuses a distribution that contradicts itself (%#)', (features, sections, code) => {
    const resources = definition.parts.resources!;
    expect(() => defineHost({ features, sections, resources })).toThrow(expect.objectContaining({ code }));
  });

  it('refuses two makers of one kind that nobody could tell apart', () => {
    const [maker] = definition.parts.resources!;
    expect(() => defineHost({ features: [], resources: [maker!, maker!] })).toThrow(
      expect.objectContaining({ code: 'HOST_NAME_TAKEN' }),
    );
  });

  it('refuses a layer in a phase that its feature does not name', async () => {
    const layers = [{ phase: 'auth', run: () => undefined }] as const;
    const sneaky = defineHost({ features: [feature('sneaky', { create: () => ({ layers }) })] });
    const text = 'sites: { a: { routes: [{ path: /, sneaky: {} }] } }';
    await expect(loadConfig({ file: 'w', text }, sneaky, testServices())).rejects.toMatchObject({
      code: 'HOST_LAYER_UNEXPECTED',
    });
  });

  it('refuses options of its own defaults that are wrong: they are a bug, not a problem of a configuration', async () => {
    const wrong = defineHost({ features: definition.parts.features, defaults: { edge: { label: 5 } } });
    const text = 'sites: { a: { routes: [{ path: /, text: { text: hi } }] } }';
    await expect(loadConfig({ file: 'w', text }, wrong, testServices())).rejects.toMatchObject({
      code: 'HOST_FEATURE_INVALID',
    });
  });
});

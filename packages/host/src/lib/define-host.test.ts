import type { Feature } from '@windhover/core/feature';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { valueAt } from './config-path.ts';
import { defineHost } from './define-host.ts';
import { definition, host } from './host-fixtures.ts';
import { loadConfig } from './load-config.ts';

function feature(name: string, place: Feature<unknown>['place'] = 'handler'): Feature<unknown> {
  return { name, place, schema: z.unknown(), create: () => ({}) };
}

describe('defineHost()', () => {
  it('describes the whole configuration, options of features included, as JSON Schema', () => {
    const { jsonSchema } = definition;
    const routes = ['properties', 'sites', 'additionalProperties', 'properties', 'routes', 'items', 'properties'];
    expect(valueAt(jsonSchema, [...routes, 'static', 'properties', 'mode', 'enum'])).toEqual(['plain', 'packed']);
    expect(valueAt(jsonSchema, ['properties', 'accessLog', 'enum'])).toEqual(['console', 'off']);
  });

  it.each([
    [[feature('a'), feature('a')], {}, 'HOST_NAME_TAKEN'],
    [[feature('path')], {}, 'HOST_NAME_TAKEN'],
    [[feature('limits')], { limits: z.string() }, 'HOST_NAME_TAKEN'],
    [[], { sites: z.string() }, 'HOST_NAME_TAKEN'],
    [[feature('a', 'connection')], {}, 'HOST_PLACE_UNKNOWN'],
  ])('refuses a distribution that contradicts itself (%#)', (features, sections, code) => {
    expect(() => defineHost({ features, sections })).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a feature that makes no handler', async () => {
    const empty = defineHost({ features: [feature('empty')], sections: {} });
    const text = 'sites: { a: { routes: [{ path: /, empty: {} }] } }';
    await expect(loadConfig({ file: 'w', text }, empty, host)).rejects.toMatchObject({
      code: 'HOST_FEATURE_INCOMPLETE',
    });
  });
});

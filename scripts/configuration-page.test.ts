import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { distribution } from '../apps/front-server/src/lib/distribution.ts';
import { createLogSinks } from '../packages/access-log/src/index.ts';
import { drawConfigurationPage } from './lib/configuration-page.ts';
import { drawConfigurationTypes } from './lib/configuration-types.ts';
import { formatSource } from './lib/format-source.ts';

const page = fileURLToPath(new URL('../docs/reference/configuration.md', import.meta.url));
const types = fileURLToPath(new URL('../apps/front-server/src/lib/windhover-config.ts', import.meta.url));

it('has every key of the front server in docs/reference/configuration.md (WRITE=1 draws it anew)', () => {
  const drawn = drawConfigurationPage(distribution(createLogSinks()));
  if (process.env['WRITE'] === '1') writeFileSync(page, drawn);
  expect(readFileSync(page, 'utf8')).toBe(drawn);
});

it('has the types of every key in the front server (WRITE=1 draws them anew)', () => {
  const drawn = formatSource(types, drawConfigurationTypes(distribution(createLogSinks())));
  if (process.env['WRITE'] === '1') writeFileSync(types, drawn);
  expect(readFileSync(types, 'utf8')).toBe(drawn);
});

it('refuses a key without a description', () => {
  const definition = distribution(createLogSinks());
  const { jsonSchema } = definition;
  const properties = jsonSchema['properties'] as Record<string, object>;
  const bare = { type: 'object', description: 'Limits.', properties: { size: { type: 'integer' } } };
  const broken = { ...definition, jsonSchema: { ...jsonSchema, properties: { ...properties, limits: bare } } };
  expect(() => drawConfigurationPage(broken)).toThrow('limits.size has no description');
});

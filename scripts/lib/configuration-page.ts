import type { Distribution, JsonSchema } from '../../packages/config/src/index.ts';
import { phaseOrder, phases } from '../../packages/core/src/feature.ts';

/** The reference of a distribution's configuration, drawn from its schemas. Throws for a key without a description. */
export function drawConfigurationPage(definition: Distribution): string {
  const { jsonSchema, features, resources } = definition;
  const top = propertiesOf(jsonSchema);
  const sections = Object.keys(definition.sections).map((name) => section(name, top[name]!));
  const ofFeatures = [...features.values()].map((feature) => {
    const { name, levels, phases: where, combine } = feature;
    const [options = {}] = (top[name] ?? findSlot(jsonSchema, name))['anyOf'] as JsonSchema[];
    const phase = where.length === 0 ? '' : ` Phase: ${where.join(', ')}.`;
    const place = `On: ${levels.join(', ')}.${phase} An inner one ${combine === 'add' ? 'is added to an outer one' : 'replaces an outer one'}.`;
    return section(name, options, place);
  });
  const ofResources = [...resources.keys()].map((key) => {
    const { additionalProperties, description } = top[key] as { additionalProperties: JsonSchema; description: string };
    return section(
      key,
      { ...additionalProperties, description },
      'At the top level: a map of names, each with these keys.',
    );
  });
  return `${intro}
${section('listen', longListener(top['listen']!), 'One or a list. In its short form a port, or an address such as `127.0.0.1:8080`, `"[::1]:8080"`, `"*:80"`, `unix:/run/a.sock`.')}
${sitesOf(top, features)}
${[...sections, ...ofResources, ...ofFeatures].join('\n')}
## Phases

In this order, the first outermost:

| phase | why there |
|---|---|
${phaseOrder.map((phase) => `| \`${phase}\` | ${phases[phase]} |`).join('\n')}
`;
}

const intro = `# Configuration

Drawn from the schemas of the front server: \`WRITE=1 npx vitest run scripts/configuration-page.test.ts\` draws it anew.
The app server has the same features and the same \`limits\`, all of them at the top of its file; its other keys are the options of \`windhover-app --help\`.

Durations are \`500ms\`, \`30s\`, \`5m\`, \`1h\`, \`1d\` or a number of milliseconds, of which 1 to 999 are refused, since whoever writes \`10\` means seconds; sizes \`64KB\`, \`10MB\` (powers of 1000), \`64KiB\`, \`10MiB\` (of 1024) or a number of
bytes. Where \`null\` is possible it means no limit, unless the key says otherwise. \`true\` takes a feature with all its defaults, \`false\` takes away the one of an outer
level. \`\${PORT}\` is a variable of the environment, \`\${PORT:-8080}\` one with a default; \`include: ./sites/*.yaml\` adds other files. More on sites, routes, other files and variables stands in the [README of \`@windhover/config\`](../../packages/config/README.md).
`;

function section(name: string, schema: JsonSchema, place = ''): string {
  const { maps, alone } = formsOf(schema);
  const isMap = maps.length > 0;
  const short = alone.length === 0 ? '' : ` ${isMap ? 'In place of the map' : 'Its value'}: ${alone.join(' or ')}.`;
  const about = [describe(schema, name), place].filter((text) => text !== undefined && text !== '').join(' ');
  const rows = rowsOf(schema, name, '');
  const table = rows.length === 0 ? '' : `\n| key | value | what it is, and why |\n|---|---|---|\n${rows.join('\n')}\n`;
  return `## \`${name}\`\n\n${about}${short}\n${table}`;
}

/**
 * A row for each key of every map that may stand there, alone or in a list, and below it those of the maps that it may have. Features have sections of
 * their own.
 */
function rowsOf(schema: JsonSchema, name: string, before: string, seen = new Set<string>()): readonly string[] {
  const { maps, items } = formsOf(schema);
  const ofItems = before.replace(/\.$/, '[].'); // the keys of `rules: [{ from }]` are `rules[].from`
  const placed = [...maps.map((map) => [map, before] as const), ...items.map((map) => [map, ofItems] as const)];
  return placed.flatMap(([map, prefix]) =>
    Object.entries(propertiesOf(map)).flatMap(([key, property]) => {
      const path = `${prefix}${key}`;
      if (seen.has(path)) return [];
      seen.add(path);
      const description = describe(property, `${name}.${path}`).replaceAll('|', '\\|');
      const row = `| \`${path}\` | ${formsOf(property).all.join(' or ').replaceAll('|', '\\|')} | ${description} |`;
      return [row, ...(isFeature(property) ? [] : rowsOf(property, name, `${path}.`, seen))];
    }),
  );
}

/** Only the slot of a feature may be `true` as well as a map of its own options. */
function isFeature(schema: JsonSchema): boolean {
  const [, second] = (schema['anyOf'] ?? []) as JsonSchema[];
  return second?.['type'] === 'boolean';
}

function sitesOf(top: Readonly<Record<string, JsonSchema>>, features: Distribution['features']): string {
  const site = top['sites']!['additionalProperties'] as JsonSchema;
  const route = propertiesOf(site)['routes']!['items'] as JsonSchema;
  const own = (schema: JsonSchema): JsonSchema => ({
    properties: Object.fromEntries(Object.entries(propertiesOf(schema)).filter(([key]) => !features.has(key))),
  });
  const withText = (schema: JsonSchema, description: unknown): JsonSchema => ({ ...own(schema), description });
  const plain = ['defaultSite', 'include', 'plugins'].map((name) => section(name, top[name]!));
  return [
    section(
      'sites',
      withText(site, top['sites']!['description']),
      'A map of names, each with these keys and the features of a site.',
    ),
    section(
      'routes',
      withText(route, 'The routes of a site: a list of maps, each with these keys and the features of a route.'),
    ),
    ...plain,
  ].join('\n');
}

function describe(schema: JsonSchema, where: string): string {
  const { description } = schema;
  if (typeof description !== 'string') throw new Error(`${where} has no description: add \`.describe('…')\``);
  return description;
}

interface Forms {
  /** The maps that may stand there. */
  readonly maps: readonly JsonSchema[];
  /** The maps that may stand in a list there. */
  readonly items: readonly JsonSchema[];
  /** What may stand there besides maps, in words. */
  readonly alone: readonly string[];
  readonly all: readonly string[];
}

function formsOf(schema: JsonSchema): Forms {
  const leaves = flatten(schema);
  const maps = leaves.filter((leaf) => 'properties' in leaf);
  const lists = leaves.filter((leaf) => leaf['type'] === 'array' && !('properties' in leaf));
  const known = new Set(maps.map((map) => JSON.stringify(map))); // one, or a list of them
  const items = lists
    .flatMap((list) => formsOf(list['items'] as JsonSchema).maps)
    .filter((map) => !known.has(JSON.stringify(map)));
  const words = leaves.filter((leaf) => !maps.includes(leaf)).map(wordOf);
  const alone = withoutOwnList(
    [...new Set(words)].filter((word) => word !== ''),
    maps.length > 0,
  );
  return { maps, items, alone, all: [...alone, ...(maps.length > 0 ? ['a map'] : [])] };
}

/** Where one entry may stand in place of a list, it is described once. */
function withoutOwnList(words: readonly string[], hasMap: boolean): string[] {
  const others = words.filter((word) => !word.startsWith('list of '));
  const one = [...others, ...(hasMap ? ['a map'] : [])].join(' or ');
  return words.includes(`list of ${one}`) ? [...others, 'a list of them'] : [...words];
}

function flatten(schema: JsonSchema): JsonSchema[] {
  const options = [...((schema['anyOf'] ?? []) as JsonSchema[]), ...((schema['allOf'] ?? []) as JsonSchema[])];
  return options.length === 0 ? [schema] : options.flatMap(flatten);
}

function wordOf(schema: JsonSchema): string {
  if (typeof schema['title'] === 'string')
    return schema['title']
      .replace(/^a duration .*/, 'duration')
      .replace(/^a size .*/, 'size')
      .replace(/^a rate .*/, 'rate');
  if ('const' in schema) return `\`${String(schema['const'])}\``;
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => `\`${value}\``).join(', ');
  const { type } = schema;
  if (Array.isArray(type)) return type.map((each) => wordOf({ ...schema, type: each })).join(' or ');
  if (type === 'array') return `list of ${formsOf(schema['items'] as JsonSchema).all.join(' or ')}`;
  if (type === 'object') return 'map';
  return (
    { integer: 'whole number', string: 'text', boolean: '`true`, `false`', null: '`null`', number: 'number' }[
      type as string
    ] ?? ''
  );
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Record<string, JsonSchema>;
}

/** A feature that only routes, sites or listeners may name. */
function findSlot(jsonSchema: JsonSchema, name: string): JsonSchema {
  const site = propertiesOf(jsonSchema)['sites']!['additionalProperties'] as JsonSchema;
  const routes = propertiesOf(site)['routes'] as JsonSchema;
  const listener = longListener(propertiesOf(jsonSchema)['listen']!);
  const places = [site, routes['items'] as JsonSchema, listener];
  return places.map((place) => propertiesOf(place)[name]).find((slot) => slot !== undefined)!;
}

function longListener(schema: JsonSchema): JsonSchema {
  return { ...flatten(schema).find((leaf) => 'properties' in leaf), description: 'Where the server listens.' };
}

import type { Distribution, JsonSchema } from '../../packages/config/src/index.ts';

/** The TypeScript types of a distribution's configuration, drawn from its schemas. */
export function drawConfigurationTypes(definition: Distribution): string {
  const top = definition.jsonSchema;
  const site = asSchema(asSchema(propertiesOf(top)['sites'])['additionalProperties']);
  const route = asSchema(asSchema(propertiesOf(site)['routes'])['items']);
  const names = new Map<JsonSchema, string>([
    [site, 'SiteConfig'],
    [route, 'RouteConfig'],
  ]);
  const features = [...definition.features.keys()];
  const listener = mapIn(asSchema(propertiesOf(top)['listen']));
  const slotOf = (key: string): JsonSchema =>
    [top, site, route, listener].map((each) => propertiesOf(each)[key]).find(Boolean)!;
  const draw = new TypeDrawer(names, new Set(features));
  const ofFeatures = features.map(
    (key) => `${comment(slotOf(key), '')}export type ${typeName(key)} = ${draw.type(slotOf(key), '')};\n`,
  );
  return `// Drawn from the schemas: \`WRITE=1 npx vitest run scripts/configuration-page.test.ts\` draws it anew.
${[
  `/** A configuration of the front server. */\nexport interface WindhoverConfig ${draw.map(top, '')}\n`,
  `/** A group of hosts and their routes. A plugin may add its key to this interface. */\nexport interface SiteConfig ${draw.map(site, '')}\n`,
  `/** A path, its conditions, and what answers. A plugin may add its key to this interface. */\nexport interface RouteConfig ${draw.map(route, '')}\n`,
  ...ofFeatures,
].join('\n')}`;
}

class TypeDrawer {
  private readonly names: ReadonlyMap<JsonSchema, string>;
  private readonly features: ReadonlySet<string>;

  constructor(names: ReadonlyMap<JsonSchema, string>, features: ReadonlySet<string>) {
    this.names = names;
    this.features = features;
  }

  type(schema: JsonSchema, indent: string): string {
    const name = this.names.get(schema);
    if (name !== undefined) return name;
    const choices = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as readonly JsonSchema[] | undefined;
    if (choices !== undefined) {
      const word = schema['allOf'] === undefined ? ' | ' : ' & ';
      return [...new Set(choices.map((choice) => this.type(choice, indent)))].join(word);
    }
    if (Array.isArray(schema['enum'])) return schema['enum'].map(literal).join(' | ');
    if ('const' in schema) return literal(schema['const']);
    const { type } = schema;
    if (Array.isArray(type))
      return type.map((each: string) => this.type({ ...schema, type: each }, indent)).join(' | ');
    switch (type) {
      case 'integer':
        return 'number';
      case 'array':
        return `readonly (${this.type(asSchema(schema['items']), indent)})[]`;
      case 'object':
        return this.object(schema, indent);
      case 'string':
      case 'number':
      case 'boolean':
      case 'null':
        return type;
      default:
        return 'unknown';
    }
  }

  /** The keys of a map, each with its description. */
  map(schema: JsonSchema, indent: string): string {
    const inside = `${indent}  `;
    const required = (schema['required'] ?? []) as readonly string[];
    const lines = Object.entries(propertiesOf(schema)).map(([key, property]) => {
      const isFeature = this.features.has(key) && indent === '';
      const type = isFeature ? typeName(key) : this.type(property, inside);
      const mark = required.includes(key) ? '' : '?';
      const name = /^[\w$]+$/.test(key) ? key : JSON.stringify(key);
      return `${isFeature ? '' : comment(property, inside)}${inside}readonly ${name}${mark}: ${type};\n`;
    });
    return `{\n${lines.join('')}${indent}}`;
  }

  private object(schema: JsonSchema, indent: string): string {
    if (schema['properties'] !== undefined) return this.map(schema, indent);
    const values = schema['additionalProperties'];
    const type = typeof values === 'object' ? this.type(asSchema(values), indent) : 'unknown';
    return `Readonly<Record<string, ${type}>>`;
  }
}

/** The map among what may stand somewhere. */
function mapIn(schema: JsonSchema): JsonSchema {
  const choices = (schema['anyOf'] ?? []) as readonly JsonSchema[];
  if (choices.length === 0) return schema;
  return choices.map(mapIn).find((choice) => choice['properties'] !== undefined) ?? {};
}

function typeName(key: string): string {
  return `${key.charAt(0).toUpperCase()}${key.slice(1)}Feature`;
}

function comment({ description }: JsonSchema, indent: string): string {
  return typeof description === 'string' ? `${indent}/** ${description.replaceAll('*/', '* /')} */\n` : '';
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Record<string, JsonSchema>;
}

function asSchema(value: unknown): JsonSchema {
  return (value ?? {}) as JsonSchema;
}

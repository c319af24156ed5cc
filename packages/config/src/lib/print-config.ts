import { Document, isCollection, isScalar, type Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { asMap, type ConfigPath, formatConfigPath } from './config-path.ts';
import type { Distribution } from './define-distribution.ts';
import { type JsonSchema, schemasAt } from './json-schema.ts';
import type { WrittenConfig } from './load-config.ts';
import { isSecretName } from './secret-name.ts';

/**
 * Formats a configuration as it takes effect, as YAML that could be loaded again: with included files merged, variables replaced and defaults
 * written out. A comment at each value says where it comes from. Defaults that are only known in words are comments. The value of a variable
 * whose name looks like that of a secret is not shown.
 */
export function printConfig(written: WrittenConfig): string {
  const document = new Document();
  document.contents = new ConfigPrinter(written).print() as never;
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

class ConfigPrinter {
  private readonly written: WrittenConfig;
  private readonly definition: Distribution;
  private readonly references: ReadonlyMap<string, WrittenConfig['references'][number]>;

  constructor(written: WrittenConfig) {
    this.written = written;
    this.definition = written.definition;
    this.references = new Map(written.references.map((each) => [formatConfigPath(each.path), each]));
  }

  print(): Node {
    const { jsonSchema, parts, sections } = this.definition;
    const value = { ...asMap(this.written.value) };
    for (const name of Object.keys(sections)) value[name] ??= undefined;
    const map = this.map(value, []);
    const properties = asMap(jsonSchema['properties']);
    const others = { ...defaultOf(properties, 'listen'), ...parts.defaults };
    for (const [key, taken] of Object.entries(others)) {
      if (Object.hasOwn(value, key)) continue;
      map.add({ key, value: commented(plainNode(taken), 'default') });
    }
    return map;
  }

  private node(value: unknown, path: ConfigPath): Node {
    if (Array.isArray(value)) return this.list(value, path);
    if (typeof value === 'object' && value !== null) return this.map(asMap(value), path);
    const reference = this.references.get(formatConfigPath(path));
    const isSecret = reference?.isDefault === false && reference.names.some(isSecretName);
    const node = commented(new Scalar(isSecret ? reference!.written : value), this.originOf(path, isSecret));
    const words = value === false ? [] : this.shortForm(value, path);
    if (words.length > 0) node.comment = [node.comment, ...words.map((line) => ` ${line}`)].join('\n');
    return node;
  }

  private list(values: readonly unknown[], path: ConfigPath): Node {
    const list = new YAMLSeq();
    list.items = values.map((value, index) => this.node(value, [...path, index]));
    if (list.items.some(isCollection) || values.length === 0) return list;
    const origins = new Set(list.items.map((item) => (item as Node).comment));
    if (origins.size !== 1) return list;
    for (const item of list.items) (item as Node).comment = undefined as never;
    list.flow = true;
    return commented(list, [...origins][0]!.trim());
  }

  /** A key without a value in `values` is a section that is not written: it consists of defaults. */
  private map(values: Readonly<Record<string, unknown>>, path: ConfigPath): YAMLMap {
    const map = new YAMLMap();
    const words: string[] = [];
    for (const [key, value] of Object.entries(values)) {
      const inside = [...path, key];
      if (value !== undefined) map.add({ key, value: this.node(value, inside) });
      else this.addDefault(map, key, inside, words);
    }
    for (const key of this.absentKeys(values, path)) this.addDefault(map, key, [...path, key], words);
    if (words.length > 0) map.comment = words.map((line) => ` ${line}`).join('\n');
    if (map.items.length === 0) map.flow = words.length === 0;
    return map;
  }

  /** Adds the default of a key, or puts what is said of it among the `words`. */
  private addDefault(map: YAMLMap, key: string, path: ConfigPath, words: string[]): void {
    for (const schema of schemasAt(this.definition.jsonSchema, path.slice(0, -1))) {
      const property = asMap(asMap(schema['properties'])[key]);
      if (property['type'] === 'object' && property['properties'] !== undefined) {
        // A map that may be left out, and has no default, is not in effect.
        if (path.length > 1 && !('default' in property)) return;
        const inner = this.map({}, path);
        if (inner.items.length > 0) map.add({ key, value: inner });
        else if (inner.comment)
          words.push(`${key}: {} with these defaults:`, ...inner.comment.split('\n').map((line) => ` ${line}`));
        return;
      }
      if ('default' in property) {
        map.add({ key, value: commented(plainNode(property['default']), 'default') });
        return;
      }
      const said = defaultInWords(property);
      if (said === undefined) continue;
      words.push(`${key}: default ${said}`);
      return;
    }
  }

  /** The defaults of a feature that is written in its short form: `true`, or a single option. */
  private shortForm(value: unknown, path: ConfigPath): readonly string[] {
    if (!this.definition.features.has(String(path.at(-1)))) return [];
    const schemas = schemasAt(this.definition.jsonSchema, path);
    const alone = new Set(schemas.map((schema) => JSON.stringify(schema)));
    const properties = schemas.flatMap((schema) => Object.entries(asMap(schema['properties'])));
    const isAlone = (schema: unknown): boolean =>
      schemasAt(asMap(schema), []).every((each) => alone.has(JSON.stringify(each)));
    const main = value === true ? undefined : properties.find(([, schema]) => isAlone(schema))?.[0];
    return properties.flatMap(([key, schema]) => {
      if (key === main) return [];
      const said =
        'default' in asMap(schema) ? JSON.stringify(asMap(schema)['default']) : defaultInWords(asMap(schema));
      return said === undefined ? [] : [`${key}: default ${said}`];
    });
  }

  /** The keys that a map could have, besides features and resources, which are in effect only where they are named. */
  private absentKeys(values: Readonly<Record<string, unknown>>, path: ConfigPath): readonly string[] {
    const { features, resources, jsonSchema } = this.definition;
    if (path.length === 0) return [];
    const keys = schemasAt(jsonSchema, path).flatMap((schema) => Object.keys(asMap(schema['properties'])));
    const isOther = (key: string): boolean => !features.has(key) && !resources.has(key);
    return [...new Set(keys)].filter((key) => !Object.hasOwn(values, key) && isOther(key));
  }

  private originOf(path: ConfigPath, isSecret: boolean): string {
    const { overridden, placeOf } = this.written;
    if (overridden.includes(String(path[0]))) return 'command line';
    const place = placeOf(path);
    const where = place === null ? 'module' : `${place.file}:${place.line}`;
    const reference = this.references.get(formatConfigPath(path));
    if (reference === undefined) return where;
    if (reference.isDefault) return `default of ${reference.written}; ${where}`;
    return `environment ${reference.names.join(', ')}${isSecret ? ', not shown' : ''}; ${where}`;
  }
}

/** What the description of a key says of its default. */
function defaultInWords({ description }: JsonSchema): string | undefined {
  return /Default:? (.+?)\.?$/s.exec(String(description ?? ''))?.[1]?.replaceAll('\n', ' ');
}

function defaultOf(properties: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  const schema = asMap(properties[key]) as JsonSchema;
  return 'default' in schema ? { [key]: schema['default'] } : {};
}

function plainNode(value: unknown): Node {
  const node = new Document(value).contents as unknown as Node;
  if (isCollection(node)) node.flow = true;
  return node;
}

function commented(node: Node, comment: string): Node {
  if (isScalar(node) || (isCollection(node) && node.flow === true)) node.comment = ` ${comment}`;
  return node;
}

import { asList, asMap, type ConfigPath, valueAt } from './config-path.ts';
import { type JsonSchema, schemasAt } from './json-schema.ts';

/** A value of a configuration that came from the environment. */
export interface Reference {
  readonly path: ConfigPath;
  /** The variables that it names. */
  readonly names: readonly string[];
  /** The text before the values were put in. */
  readonly written: string;
  /** Whether nothing came from a variable: there are only the defaults of the references. */
  readonly isDefault: boolean;
}

/**
 * Gives the values that came from the environment the type that their key takes. `port: ${PORT}` becomes a number, because a port is one; a
 * password of digits stays a text. Where a key takes both, a text that looks like a number is one, as in YAML. Changes `value`.
 *
 * @param schemaOf Makes the schema in which the options of certain keys are described. It takes long, so only those that matter are.
 */
export function typeReferences(
  value: unknown,
  references: readonly Reference[],
  schemaOf: (describes: (key: string) => boolean) => JsonSchema,
): void {
  const paths = references.map(({ path }) => path).filter((path) => mayBeTyped(valueAt(value, path)));
  if (paths.length === 0) return;
  const keys = new Set(paths.flat());
  const schema = schemaOf((key) => keys.has(key));
  for (const path of paths) {
    const text = valueAt(value, path) as string;
    const holder = valueAt(value, path.slice(0, -1)) as Record<string | number, unknown>;
    holder[path.at(-1)!] = typedText(text, typesOf(schemasAt(schema, path)));
  }
}

const number = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

function mayBeTyped(value: unknown): boolean {
  return typeof value === 'string' && (number.test(value) || ['true', 'false', 'null'].includes(value));
}

/** Reads a text as a number, `true`, `false` or `null` if the types allow it. `types` is empty where nothing is known. */
function typedText(text: string, types: ReadonlySet<unknown>): unknown {
  const mayBe = (...names: string[]): boolean => types.size === 0 || names.some((name) => types.has(name));
  if (mayBe('number', 'integer') && number.test(text)) return Number(text);
  if (mayBe('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return mayBe('null') && text === 'null' ? null : text;
}

/** Returns the allowed types; none if one of the schemas allows anything. */
function typesOf(schemas: readonly JsonSchema[]): ReadonlySet<unknown> {
  const types = new Set<unknown>();
  for (const schema of schemas.map(asMap)) {
    const { type, enum: values } = schema;
    const own = 'const' in schema ? [schema['const']] : asList(values);
    const named = typeof type === 'string' ? [type] : asList(type);
    if (named.length === 0 && own.length === 0) return new Set();
    for (const each of named) types.add(each);
    for (const each of own) types.add(each === null ? 'null' : typeof each);
  }
  return types;
}

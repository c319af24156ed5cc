import { listNames } from '@windhover/options';
import { z } from 'zod';
import { asList, asMap, type ConfigPath } from './config-path.ts';

/** The part of JSON Schema that the error messages need. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Converts a zod schema to JSON Schema, for the input rather than the parsed output. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

/** Returns every schema that may apply at `path`; there are several where a union allows several shapes. */
export function schemasAt(schema: JsonSchema, path: ConfigPath): readonly JsonSchema[] {
  let found = branches(schema);
  for (const part of path) found = found.flatMap((each) => childSchemas(each, part));
  return found;
}

/** Returns the keys that a map at `path` may have. */
export function knownKeys(schema: JsonSchema, path: ConfigPath): readonly string[] {
  return [...new Set(schemasAt(schema, path).flatMap((each) => Object.keys(asMap(each['properties']))))];
}

/** The keys that may stand beside those of a map, and those that a key needs, where a union has several kinds of maps. */
export interface KeysBeside {
  readonly names: readonly string[];
  /** The keys without which the key means nothing: those of the kind that has it. */
  readonly needed: readonly string[];
}

/** Looks for a key that another kind of map has at `path`; `null` if none has it. */
export function keysBeside(schema: JsonSchema, path: ConfigPath, key: string, found: unknown): KeysBeside | null {
  const kinds = schemasAt(schema, path);
  const has = (kind: JsonSchema, name: string): boolean => Object.hasOwn(asMap(kind['properties']), name);
  const owner = kinds.find((kind) => has(kind, key));
  const others = Object.keys(asMap(found)).filter((name) => name !== key);
  const fitting = kinds.filter((kind) => !has(kind, key) && others.some((name) => has(kind, name)));
  if (owner === undefined || fitting.length === 0) return null;
  const names = [...new Set(fitting.flatMap((kind) => Object.keys(asMap(kind['properties']))))];
  return {
    names,
    needed: asList(owner['required'])
      .map(String)
      .filter((name) => name !== key),
  };
}

/** Describes the allowed values at `path`, for example `a text or a list`. Empty when anything is allowed. */
export function describeExpected(schema: JsonSchema, path: ConfigPath): string {
  const words = schemasAt(schema, path).map(describeOne);
  return words.includes('') ? '' : [...new Set(words)].join(' or ');
}

/** Returns the single values that are allowed at `path`: words, and `true` and `false`. */
export function wordsAt(schema: JsonSchema, path: ConfigPath): readonly unknown[] {
  return schemasAt(schema, path).flatMap((each) => {
    if (each['type'] === 'boolean' && !('const' in each)) return [true, false];
    return 'const' in each ? [each['const']] : asList(each['enum']);
  });
}

/** Returns the schemas of a child; none if the schema's type has no such child. For example, a text has no first entry. */
function childSchemas(schema: JsonSchema, part: string | number): readonly JsonSchema[] {
  const { type } = schema;
  if (typeof part === 'number') return type === 'array' || type === undefined ? branches(asMap(schema['items'])) : [];
  if (type !== 'object' && type !== undefined) return [];
  const properties = asMap(schema['properties']);
  return branches(asMap(Object.hasOwn(properties, part) ? properties[part] : schema['additionalProperties']));
}

function branches(schema: JsonSchema): readonly JsonSchema[] {
  const options = [...asList(schema['anyOf']), ...asList(schema['oneOf']), ...asList(schema['allOf'])];
  return options.length === 0 ? [schema] : options.flatMap((option) => branches(asMap(option)));
}

function describeOne(schema: JsonSchema): string {
  if (typeof schema['title'] === 'string') return schema['title'];
  if (Array.isArray(schema['enum'])) return listNames(schema['enum']);
  if ('const' in schema) return listNames([schema['const']]);
  switch (schema['type']) {
    case 'string':
      return 'a text';
    case 'number':
      return `a number${describeRange(schema)}`;
    case 'integer':
      return `a whole number${describeRange(schema)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return 'a list';
    case 'object':
      return 'a map';
    case 'null':
      return '`null`';
    default:
      return '';
  }
}

function describeRange(schema: JsonSchema): string {
  const { exclusiveMinimum } = schema;
  if (typeof exclusiveMinimum === 'number' && exclusiveMinimum > -Number.MAX_SAFE_INTEGER)
    return ` above ${exclusiveMinimum}`;
  const [least, most] = [schema['minimum'], schema['maximum']].map((bound) =>
    Number.isSafeInteger(bound) && Math.abs(bound as number) < Number.MAX_SAFE_INTEGER ? bound : undefined,
  );
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  if (least !== undefined) return `, ${least} or more`;
  return most === undefined ? '' : `, ${most} or less`;
}

import type { Distribution } from './define-distribution.ts';
import type { JsonSchema } from './json-schema.ts';

/** Text with a reference to a variable, which may stand in place of every value. */
const reference = {
  type: 'string',
  pattern: '\\$\\{',
  description: 'A variable of the environment, with or without a default.',
};

const simpleTypes: readonly unknown[] = ['number', 'integer', 'boolean', 'null'];

/** Returns the JSON Schema of a distribution for editors. In place of a number or a boolean it also allows a reference such as `${PORT}`. */
export function editorSchema({ jsonSchema }: Pick<Distribution, 'jsonSchema'>, title: string): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...asMapOfSchemas(withReferences(jsonSchema)),
  };
}

function withReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(
    ([key, value]) => [key, isData(key) ? value : withReferences(value)] as const,
  );
  const copy = Object.fromEntries(entries);
  if (!simpleTypes.includes(copy['type']) && !('enum' in copy)) return copy;
  const { description, default: taken, ...rest } = copy;
  return {
    ...(description === undefined ? {} : { description }),
    ...(taken === undefined ? {} : { default: taken }),
    anyOf: [rest, reference],
  };
}

/** Keys whose values are data, not schemas. */
function isData(key: string): boolean {
  return key === 'default' || key === 'enum' || key === 'const' || key === 'required';
}

function asMapOfSchemas(schema: unknown): JsonSchema {
  return schema as JsonSchema;
}

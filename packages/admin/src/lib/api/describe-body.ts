import { z } from 'zod';

/** The parts of a JSON Schema that bodies have. */
interface Shape {
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

/** Says for people what a body must have: `{ user, password }` or `{ token }`; a name with `?` may be left out. */
export function describeBody(schema: z.ZodType | 'zip'): string {
  return schema === 'zip' ? 'a ZIP file' : describe(z.toJSONSchema(schema, { io: 'input' }) as Shape);
}

function describe({ anyOf, properties, required = [] }: Shape): string {
  if (anyOf !== undefined) return anyOf.map(describe).join(' or ');
  if (properties === undefined) return 'a JSON object';
  const names = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
  return `{ ${names.join(', ')} }`;
}

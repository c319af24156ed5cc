/** A place in a configuration: keys and list positions from the top. */
export type ConfigPath = readonly (string | number)[];

/** Formats a path as `sites.demo.routes[1].proxy.to`, or `sites["a b"]` for a key that is not a plain word. */
export function formatConfigPath(path: ConfigPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (!/^[\w$-]+$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** Returns the value at a path, or `undefined` if there is none. Reads own properties only. */
export function valueAt(value: unknown, path: ConfigPath): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<string | number, unknown>)[part];
  }
  return found;
}

/** Returns the value if it is a map, otherwise an empty map. With this, checks can walk a configuration that is not valid yet. */
export function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Returns the value if it is a list, otherwise an empty list. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Where in a configuration: keys and list positions from the top. */
export type ConfigPath = readonly (string | number)[];

/** `sites.demo.routes[1].proxy.to`, and `sites["a b"]` for a key that is no plain word. */
export function formatConfigPath(path: ConfigPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (!/^[\w$-]+$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** What stands at that place of a value, `undefined` when nothing does. Looks at own properties only. */
export function valueAt(value: unknown, path: ConfigPath): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<string | number, unknown>)[part];
  }
  return found;
}

/** The value as a map of keys; an empty one for everything else. Lets checks walk a configuration that is not valid yet. */
export function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The value as a list; an empty one for everything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

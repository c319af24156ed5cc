import { rewriteError } from './errors.ts';

/** A table that rules look values up in. A `Map` is one. */
export interface RuleMap {
  /** The value of a key; `undefined` if there is none. */
  get(key: string): string | undefined;
}

/**
 * A map from an object, or from lines of `key value`, separated by a comma, a tab or spaces. Lines that begin with `#` and
 * empty lines are left out. The key `*` stands for all others. Throws `REWRITE_MAP_INVALID`, which names the line.
 */
export function parseRuleMap(given: string | Readonly<Record<string, string>>, source = 'the map'): RuleMap {
  const entries = typeof given === 'string' ? linesOf(given, source) : Object.entries(given);
  const table = new Map<string, string>(entries);
  const others = table.get('*');
  return { get: (key) => table.get(key) ?? others };
}

function linesOf(text: string, source: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line, index): [string, string][] => {
    const fields = mapFields(index === 0 ? line.replace(/^\uFEFF/, '') : line);
    if (fields === null) return [];
    const [key, value, ...rest] = fields;
    if (value !== undefined && rest.length === 0) return [[key!, value]];
    const found = JSON.stringify(line.trim().slice(0, 100));
    throw rewriteError('REWRITE_MAP_INVALID', `${source}:${index + 1}: expected a key and a value, found ${found}`);
  });
}

/** The fields of a line; `null` for a line that says nothing. A field with a comma stands in quotes, as in CSV. */
export function mapFields(line: string): readonly string[] | null {
  const text = line.trim().replace(/;$/, '');
  if (text === '' || text.startsWith('#')) return null;
  if (!text.includes('"')) return text.split(text.includes(',') ? /\s*,\s*/ : /\s+/);
  const fields = text.matchAll(/(?:^|[,\s])\s*(?:"((?:[^"]|"")*)"|([^",\s]+))/g);
  return [...fields].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!);
}

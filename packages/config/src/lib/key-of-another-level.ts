import type { Feature, Level } from '@windhover/core/feature';
import type { ConfigPath } from './config-path.ts';

const places: Readonly<Record<Level, string>> = {
  top: 'the top',
  listener: 'a listener',
  site: 'a site',
  route: 'a route',
};

/** Says where a key belongs that exists at another level; `null` for other keys. `path` is that of the key in the whole configuration. */
export function keyOfAnotherLevel(path: ConfigPath, features: ReadonlyMap<string, Feature<unknown>>): string | null {
  const key = String(path.at(-1));
  const found = levelOf(path);
  const levels = features.get(key)?.levels;
  if (levels === undefined || found === null || levels.includes(found)) return null;
  return `expected \`${key}\` at ${levels.map((level) => places[level]).join(' or ')}, found it at ${places[found]}`;
}

function levelOf(path: ConfigPath): Level | null {
  const [first, , third] = path;
  if (path.length === 1) return 'top';
  if (first === 'sites' && path.length === 3) return 'site';
  if (first === 'sites' && third === 'routes' && path.length === 5) return 'route';
  return first === 'listen' && path.length === 3 ? 'listener' : null;
}

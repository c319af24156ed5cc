import type { Feature, Level } from '@windhover/core/feature';
import type { ConfigPath } from './config-path.ts';

const places: Readonly<Record<Level, string>> = {
  top: 'the top',
  listener: 'a listener',
  site: 'a site',
  route: 'a route',
};

/** Keys of routes that are no features, and no keys of other levels under another name. */
const routeKeys: ReadonlySet<string> = new Set(['path', 'exact', 'methods']);

/** Where a key belongs. */
export interface KeyElsewhere {
  readonly message: string;
  /** How it is written there, if that is not plain. */
  readonly suggestion?: string;
}

/**
 * Says where a key belongs that exists at another level; `null` for other keys.
 *
 * @param path The place of the key in the whole configuration.
 * @param topKeys All keys of the top level, among them those that are no features, such as `listen`.
 */
export function keyOfAnotherLevel(
  path: ConfigPath,
  features: ReadonlyMap<string, Feature<unknown>>,
  topKeys: readonly string[],
): KeyElsewhere | null {
  const key = String(path.at(-1));
  const found = levelOf(path);
  const ofNone: readonly Level[] | undefined = topKeys.includes(key)
    ? ['top']
    : routeKeys.has(key)
      ? ['route']
      : undefined;
  const levels = features.get(key)?.levels ?? ofNone;
  if (levels === undefined || found === null || levels.includes(found)) return null;
  const where = levels.map((level) => places[level]).join(' or ');
  const message = `expected \`${key}\` at ${where}, found it at ${places[found]}`;
  const isOfRoutes = found === 'site' && levels.includes('route');
  if (!isOfRoutes) return { message };
  return { message, suggestion: key === 'path' ? 'routes: [{ path: … }]' : `routes: [{ path: /, ${key}: … }]` };
}

/** The level at which a key stands; `null` if no feature may stand there. */
export function levelOf(path: ConfigPath): Level | null {
  const [first, , third] = path;
  if (path.length === 1) return 'top';
  if (first === 'sites' && path.length === 3) return 'site';
  if (first === 'sites' && third === 'routes' && path.length === 5) return 'route';
  return first === 'listen' && path.length === 3 ? 'listener' : null;
}

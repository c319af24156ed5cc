import type { Problem } from '@windhover/config';
import { limitNames } from '@windhover/features';
import { nearestName } from '@windhover/options';

/** Renamed keys, and what replaces them. */
const renamed = new Map([
  ['readyTimeoutMs', '`readyTimeout` now, a duration such as `30s`'],
  ['stopTimeoutMs', '`stopTimeout` now, a duration such as `30s`'],
  ['pingIntervalMs', '`pingInterval` now, a duration such as `30s`'],
  ['pingTimeoutMs', '`pingTimeout` now, a duration such as `90s`'],
  ['trustProxy', '`trustedProxies` now'],
  ['forwarded', '`headers` of `trustedProxies` now: `trustedProxies: { from: loopback, headers: forwarded }`'],
  ...Object.entries(limitNames).flatMap(([key, name]) => {
    const now = `\`limits.${key}\` now`;
    return [[name, now] as const, [`limits.${name}`, now] as const];
  }),
]);

/** Keys of the front server that have no meaning here. */
const ofFrontServer = new Map([
  ['listen', 'here it is `port` and `host`, or `unix`'],
  ['sites', 'here there is one, and its features stand at the top'],
  ['defaultSite', 'here there is one'],
  ['proxy', 'here the application answers'],
  ['respond', 'here the application answers'],
]);

/** Adds to the problem of an unknown key its new name, or where it belongs. */
export function hintAtKeys(problem: Problem, isKnown: (key: string) => boolean): Problem {
  const { path } = problem;
  if (isKnown(path)) return problem;
  const say = (message: string): Problem => ({ ...problem, message, suggestion: null });
  const now = renamed.get(path);
  if (now !== undefined) return say(`\`${path}\` is ${now}`);
  const elsewhere = ofFrontServer.get(path);
  if (elsewhere !== undefined) return say(`\`${path}\` belongs to the front server: ${elsewhere}`);
  if (Object.hasOwn(limitNames, path)) return say(`\`${path}\` is a limit: it belongs under \`limits:\``);
  if (problem.suggestion !== null || !/^\w+$/.test(path)) return problem;
  const limit = nearestName(path, Object.keys(limitNames));
  return limit === undefined ? problem : { ...problem, suggestion: `limits.${limit}` };
}

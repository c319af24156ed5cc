import { anyFunction, type Rules, withFunctions } from '@windhover/options';
import type { AdminTarget } from './admin-target.ts';

/** What the parts of a target must have. */
export const targetRules: Rules<AdminTarget> = {
  overview: anyFunction,
  sites: anyFunction,
  explain: anyFunction,
  pools: withFunctions(['list', 'start', 'stop', 'recycle', 'log']),
  things: withFunctions(['list', 'act']),
  certificates: anyFunction,
  requests: withFunctions(['list', 'abort']),
  connections: withFunctions(['list', 'close']),
  traces: withFunctions(['list', 'get', 'clear']),
  log: withFunctions(['lines']),
  stats: withFunctions(['since']),
  config: withFunctions(['read', 'validate', 'apply', 'history', 'edition', 'rollback']),
  deployments: withFunctions(['list', 'add', 'activate']),
  events: withFunctions(['subscribe']),
};

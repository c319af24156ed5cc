import type { Reason } from '@windhover/core/feature';
import { asMap } from './config-path.ts';
import { pluginFault } from './plugin-fault.ts';

/** The decision of a layer whose `explain` is wrong. The layer itself may do anything. */
export const unexplained = 'cannot be explained';

/** The reasons of a plugin, which may return anything. */
export function pluginReasons(plugin: string, explain: () => readonly Reason[]): readonly Reason[] {
  const cannot = (why: string): Reason[] => [{ decision: unexplained, because: `the plugin ${plugin} ${why}` }];
  try {
    const reasons: unknown = explain();
    const isList = Array.isArray(reasons) && reasons.every(isReason);
    return isList ? reasons : cannot('returned from `explain` something else than a list of { decision, because }');
  } catch (error) {
    return cannot(pluginFault(error));
  }
}

function isReason(reason: unknown): reason is Reason {
  const { decision, because } = asMap(reason);
  return typeof decision === 'string' && typeof because === 'string';
}

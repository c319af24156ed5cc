import type { Phase } from '@windhover/core/feature';

/** Outermost first. Who somebody is must be known before it is judged; what is limited must be allowed; what is cached is already transformed. */
const phaseOrder: readonly Phase[] = [
  'connection',
  'identity',
  'filter',
  'auth',
  'limit',
  'transform',
  'cache',
  'handler',
];

/** Sorted by phase; those of one phase stay as they were. */
export function inPhaseOrder<T>(items: readonly T[], phaseOf: (item: T) => Phase): T[] {
  return [...items].sort((one, other) => phaseOrder.indexOf(phaseOf(one)) - phaseOrder.indexOf(phaseOf(other)));
}

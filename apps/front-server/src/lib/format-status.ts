import { formatDuration } from '@windhover/options';
import type { SlotStatus, SupervisorStatus } from '@windhover/supervisor';
import { describeRows } from './describe-server.ts';

/** The answer of a running server to `status`. */
export interface ServerStatus extends SupervisorStatus {
  readonly version: string;
  readonly config: string;
  /** Counts the configurations that have taken effect. */
  readonly edition: number;
  readonly reloadedAt: string | null;
}

/** Formats the status of a server for people. */
export function formatStatus(status: ServerStatus, now: number): string {
  const { version, state, pid, config, edition, reloadedAt, reloadError, slots } = status;
  const since = reloadedAt === null ? 'as it was at the start' : `${edition}, since ${reloadedAt}`;
  return describeRows(version, [
    ['state', `${state} (process ${pid})`],
    ['configuration', `${config}, ${since}`],
    ...(reloadError === null ? [] : [['last reload', `changed nothing: ${reloadError.split('\n')[0]}`] as const]),
    ...slots.map((slot) => [`worker ${slot.slot}`, describeSlot(slot, now)] as const),
  ]);
}

function describeSlot({ state, since, pid, connections, restarts, draining }: SlotStatus, now: number): string {
  const seconds = Math.floor(Math.max(0, now - since) / 1000) * 1000;
  const parts = [
    `${state} for ${formatDuration(seconds)}`,
    ...(pid === null ? [] : [`process ${pid}`]),
    ...(connections === null ? [] : [connections === 1 ? '1 connection' : `${connections} connections`]),
    ...(restarts === 0
      ? []
      : [`replaced ${restarts === 1 ? 'once' : `${restarts} times`} after it had ended by itself`]),
    ...(draining.length === 0 ? [] : [`${draining.join(', ')} still finishing`]),
  ];
  return parts.join(', ');
}

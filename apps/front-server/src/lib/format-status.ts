import type { AppStatus } from '@windhover/app-pool';
import { formatDuration } from '@windhover/options';
import type { SlotStatus, SupervisorStatus } from '@windhover/supervisor';
import { describeRows } from './describe-server.ts';
import { type OpenSocket, showSocket } from './open-sockets.ts';

/** The answer of a running server to `status`. */
export interface ServerStatus extends Omit<SupervisorStatus, 'listen'> {
  /** Without those of FTP. */
  readonly listen: readonly OpenSocket[];
  /** The addresses of FTP, with the real ports: `ftp://127.0.0.1:21`. */
  readonly ftp: readonly string[];
  readonly version: string;
  readonly config: string;
  /** Counts the configurations that have taken effect. */
  readonly edition: number;
  readonly reloadedAt: string | null;
  readonly apps: readonly AppStatus[];
}

/** Formats the status of a server for people. */
export function formatStatus(status: ServerStatus, now: number): string {
  const { version, state, pid, config, listen, ftp, edition, reloadedAt, reloadError, slots, apps } = status;
  const since = `edition ${edition}, since ${reloadedAt ?? 'the start'}`;
  return describeRows(version, [
    ['state', `${state} (process ${pid})`],
    ['configuration', `${config}, ${since}`],
    ...listen.map((socket) => ['open', showSocket(socket)] as const),
    ...ftp.map((url) => ['ftp', url] as const),
    ...(reloadError === null ? [] : [['last reload', `changed nothing: ${indented(reloadError)}`] as const]),
    ...slots.map((slot) => [`worker ${slot.slot}`, describeSlot(slot, now)] as const),
    ...apps.map(
      ({ name, phase, instances }) =>
        ['application', `${name}: ${phase}, ${describeInstances(instances.length)}`] as const,
    ),
  ]);
}

/** The lines of a text below each other, behind the name of their row. */
function indented(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.join(`\n${' '.repeat(17)}`);
}

function describeInstances(count: number): string {
  return count === 1 ? '1 instance' : `${count} instances`;
}

function describeSlot(slot: SlotStatus, now: number): string {
  const { state, since, pid, connections, restarts, lastExit, draining } = slot;
  const parts = [
    `${state} for ${formatDuration(secondsSince(since, now))}`,
    ...(pid === null ? [] : [`process ${pid}`]),
    ...(connections === null ? [] : [connections === 1 ? '1 connection' : `${connections} connections`]),
    ...(restarts === 0
      ? []
      : [`replaced ${restarts === 1 ? 'once' : `${restarts} times`}${describeEnd(lastExit, now)}`]),
    ...(draining.length === 0 ? [] : [`${draining.length} before it still finishing (${draining.join(', ')})`]),
  ];
  return parts.join(', ');
}

/** Why the last worker had to be replaced. */
function describeEnd(exit: SlotStatus['lastExit'], now: number): string {
  if (exit === null) return ' after it had ended by itself';
  const how = exit.code === null ? `signal ${exit.signal ?? 'none'}` : `exit code ${exit.code}`;
  const ago = formatDuration(secondsSince(exit.at, now));
  return `, ${ago} ago because ${exit.reason ?? `it had ended with ${how}`}`;
}

/** Whole seconds, in milliseconds. */
function secondsSince(then: number, now: number): number {
  return Math.floor(Math.max(0, now - then) / 1000) * 1000;
}

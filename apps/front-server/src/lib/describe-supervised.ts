import { addressUrl } from '@windhover/console';
import type { Supervisor } from '@windhover/supervisor';
import { nameAddress } from '@windhover/transport';
import { adminUrl } from './admin/admin-url.ts';
import type { LazyAdmin } from './admin/lazy-admin.ts';
import { describeRows } from './describe-server.ts';
import type { LazyOperations } from './lazy-operations.ts';
import { openSockets, showSocket } from './open-sockets.ts';
import type { ServerPlan } from './server-plan.ts';
import { socketNames } from './supervisor-sockets.ts';
import type { WorkerFleet } from './worker-fleet.ts';

/** What a supervised server says after its start. */
export function describeSupervised(server: {
  readonly version: string;
  readonly plan: ServerPlan;
  readonly supervisor: Pick<Supervisor, 'status'>;
  readonly fleet: Pick<WorkerFleet, 'serving'>;
  readonly operations: Pick<LazyOperations, 'listener'>;
  readonly admin: Pick<LazyAdmin, 'listener'>;
}): string {
  const { version, plan, supervisor, fleet, operations, admin } = server;
  const { listen, slots, pid } = supervisor.status();
  const { sites = [], secure = [] } = fleet.serving ?? {};
  return describeRows(version, [
    ['configuration', plan.file],
    ...openSockets(listen, secure, plan.ftp).map((socket) => ['open', showSocket(socket)] as const),
    ...ftpUrls(plan, listen).map((url) => ['ftp', url] as const),
    ...(operations.listener === null
      ? []
      : [['metrics', `${addressUrl(operations.listener.address)}metrics`] as const]),
    ...(admin.listener === null ? [] : [['admin', adminUrl(admin.listener, plan.admin)] as const]),
    ...sites.map((line) => ['site', line] as const),
    ['workers', `${slots.length} (supervisor ${pid}, ${slots.map((slot) => slot.pid).join(', ')})`],
    ['reload', 'windhover reload, or SIGHUP'],
    ['stop', 'windhover stop, Ctrl+C, or SIGTERM'],
  ]);
}

/** The addresses of FTP, with the real ports. */
export function ftpUrls(
  { ftp }: Pick<ServerPlan, 'ftp'>,
  listen: ReturnType<Supervisor['status']>['listen'],
): readonly string[] {
  return ftp.flatMap((address) =>
    socketNames(address, 'ftp').map((name) => {
      const bound = listen[name];
      return `ftp://${nameAddress(bound === undefined || 'fd' in bound ? address : bound)}`;
    }),
  );
}

import type { AdminHost } from './admin-host.ts';
import type { EventSource } from './event-source.ts';

/** How often the states are compared while somebody follows the events, in milliseconds. */
const everyMs = 1000;

/** Tells when workers or applications change. Returns a function that ends it. */
export function watchStates(host: AdminHost, events: EventSource): () => void {
  let seen = { overview: '', pools: '' };
  const look = (): void => {
    if (events.isHeard) {
      const now = {
        overview: JSON.stringify([host.workers().map(({ id, pid, state }) => [id, pid, state]), host.state()]),
        pools: JSON.stringify((host.apps()?.status ?? []).map(statesOf)),
      };
      const isFirst = seen.overview === '';
      if (!isFirst && now.overview !== seen.overview) events.changed('overview', 'config', 'things');
      if (!isFirst && now.pools !== seen.pools) events.changed('pools');
      seen = now;
    } else seen = { overview: '', pools: '' };
    cancel = host.clock.schedule(everyMs, look);
  };
  let cancel = host.clock.schedule(everyMs, look);
  return () => cancel();
}

/** Without the number of requests, which changes all the time. */
function statesOf(app: NonNullable<ReturnType<AdminHost['apps']>>['status'][number]): unknown {
  return [app.name, app.phase, app.failures, app.instances.map(({ id, pid, stage }) => [id, pid, stage])];
}

import type { AdminHost } from './admin-host.ts';
import type { EventSource } from './event-source.ts';
import { traces } from './traces.ts';

/** How often new traces are looked for while somebody follows the events, in milliseconds. */
const everyMs = 2000;

/** Tells of new traces. Returns a function that ends it. */
export function watchTraces(host: AdminHost, events: EventSource): () => void {
  const all = traces(host);
  let seen: ReadonlySet<string> | null = null;
  let isOver = false;
  const look = async (): Promise<void> => {
    const list = events.isHeard ? await Promise.resolve(all.list()).catch(() => null) : null; // the processes may be busy
    if (list !== null) {
      for (const trace of [...list].reverse()) if (seen?.has(trace.id) === false) events.tell('trace', trace);
      seen = new Set(list.map(({ id }) => id));
    } else if (!events.isHeard) seen = null;
    if (!isOver) cancel = host.clock.schedule(everyMs, () => void look());
  };
  let cancel = host.clock.schedule(everyMs, () => void look());
  return () => {
    isOver = true;
    cancel();
  };
}

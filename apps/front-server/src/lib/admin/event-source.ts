import type { AdminEventListener, AdminEvents, ApiEvents } from '@windhover/admin';

type Changed = ApiEvents['changed']['what'][number];

/** Tells the API what changes. */
export class EventSource implements AdminEvents {
  private readonly listeners = new Set<AdminEventListener>();

  get isHeard(): boolean {
    return this.listeners.size > 0;
  }

  subscribe(listener: AdminEventListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  tell<Name extends keyof ApiEvents>(name: Name, data: ApiEvents[Name]): void {
    for (const listener of this.listeners) listener(name, data);
  }

  changed(...what: readonly Changed[]): void {
    this.tell('changed', { what });
  }
}

import type { ApiEvents } from '@windhover/admin';

/** The clients that hear events. */
export interface FakeEvents {
  readonly count: number;
  send<N extends keyof ApiEvents>(name: N, data: ApiEvents[N]): void;
  /** A stream for one client. */
  open(signal: AbortSignal): AsyncIterable<string>;
  /** Cuts every connection. */
  cut(): void;
}

export function createFakeEvents(): FakeEvents {
  const clients = new Set<{ push(text: string): void; end(): void }>();
  return {
    get count() {
      return clients.size;
    },
    send(name, data) {
      for (const client of clients) client.push(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    open(signal) {
      const queue: string[] = [': hello\n\n'];
      let wake = (): void => undefined;
      let isOver = false;
      const client = {
        push(text: string) {
          queue.push(text);
          wake();
        },
        end() {
          isOver = true;
          wake();
        },
      };
      clients.add(client);
      signal.addEventListener('abort', client.end);
      return (async function* () {
        try {
          while (!isOver) {
            if (queue.length > 0) yield queue.splice(0).join('');
            else await new Promise<void>((resolve) => (wake = resolve));
          }
        } finally {
          clients.delete(client);
        }
      })();
    },
    cut() {
      for (const client of clients) client.end();
    },
  };
}

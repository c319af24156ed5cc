import type { Logger } from '@windhover/core';
import type { MetricsSection } from '@windhover/features';
import type { HostServices } from '@windhover/host';
import { createMetricsCollector, createOperationsHandler } from '@windhover/metrics';
import { createServer, type Server } from '@windhover/server';
import type { Listener } from '@windhover/transport';

/** More than any number of scrapers; what is not served must not cost memory. */
const maxConnections = 100;
/** How long a scrape may take when the server stops, in milliseconds. */
const stopMs = 1000;

/** The server of metrics and health checks, beside the one that it watches. */
export interface Operations {
  /** Opens the listener. `null`: there is none. */
  listen(section: MetricsSection | null): Promise<Listener | null>;
  close(): Promise<void>;
}

/** Creates it; nothing is measured until it listens. */
export function createOperations(watched: Server, metrics: HostServices['metrics'], log: Logger): Operations {
  let server: Server | null = null;
  return {
    async listen(section) {
      if (section === null) return null;
      const gauges = [
        { name: 'windhover_connections_open', help: 'Open connections of clients.', read: () => watched.connections },
      ];
      const collect = createMetricsCollector({ metrics, gauges });
      const handler = createOperationsHandler({
        collect: async () => [await collect()],
        ready: () => watched.isReady,
      });
      server = createServer(handler, { limits: { maxConnections }, log });
      return server.listen(section.listen);
    },
    async close() {
      await server?.close({ timeoutMs: stopMs });
    },
  };
}

import type { Logger } from '@windhover/core';
import type { MetricsSection } from '@windhover/features';
import { createOperationsHandler, type OperationsOptions } from '@windhover/metrics';
import { createServer, type Server } from '@windhover/server';
import type { Listener } from '@windhover/transport';

/** More than any number of scrapers; what is not served must not cost memory. */
const maxConnections = 100;
/** How long a scrape may take when the server stops, in milliseconds. */
const stopMs = 1000;

/** Serves metrics and health checks on a listener of its own, which may move with the configuration. */
export class OperationsServer {
  listener: Listener | null = null;
  private readonly server: Server;
  private address = '';

  constructor(options: OperationsOptions, log: Logger) {
    this.server = createServer(createOperationsHandler(options), { limits: { maxConnections }, log });
  }

  /** Listens where the section says, and no more where an earlier one said. `null`: nowhere. */
  async listen(section: MetricsSection | null): Promise<void> {
    const address = JSON.stringify(section?.listen ?? null);
    if (address === this.address) return;
    const next = section === null ? null : await this.server.listen(section.listen);
    const before = this.listener;
    this.listener = next;
    this.address = address;
    await before?.close();
  }

  async close(): Promise<void> {
    await this.server.close({ timeoutMs: stopMs });
  }
}

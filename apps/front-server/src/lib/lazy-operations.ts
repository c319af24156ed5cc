import type { Logger } from '@windhover/core';
import type { MetricsSection } from '@windhover/features/metrics';
import type { OperationsOptions } from '@windhover/metrics';
import type { Listener } from '@windhover/transport';
import type { OperationsServer } from './operations-server.ts';

/** An `OperationsServer` that is loaded when metrics are asked for: a supervisor without them needs no HTTP server. */
export class LazyOperations {
  private readonly options: OperationsOptions;
  private readonly log: Logger;
  private server: OperationsServer | null = null;

  constructor(options: OperationsOptions, log: Logger) {
    this.options = options;
    this.log = log;
  }

  get listener(): Listener | null {
    return this.server?.listener ?? null;
  }

  async listen(section: MetricsSection | null): Promise<void> {
    if (section === null && this.server === null) return;
    const { OperationsServer } = await import('./operations-server.ts');
    this.server ??= new OperationsServer(this.options, this.log);
    await this.server.listen(section);
  }

  async close(): Promise<void> {
    await this.server?.close();
  }
}

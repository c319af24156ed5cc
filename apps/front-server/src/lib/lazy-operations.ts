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
  private isClosed = false;

  constructor(options: OperationsOptions, log: Logger) {
    this.options = options;
    this.log = log;
  }

  get listener(): Listener | null {
    return this.server?.listener ?? null;
  }

  /** Does nothing after `close`: a reload that is overtaken by a stop must not open what keeps the process alive. */
  async listen(section: MetricsSection | null): Promise<void> {
    if (section === null && this.server === null) return;
    const { OperationsServer } = await import('./operations-server.ts');
    if (this.isClosed) return;
    this.server ??= new OperationsServer(this.options, this.log);
    await this.server.listen(section);
    if (this.isClosed) await this.server.close();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.server?.close();
  }
}

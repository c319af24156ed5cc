import { type Configuration, connectionLayers, createSiteHandler, type DistributionServices } from '@windhover/config';
import { type Connection, type Handler, type HttpContext, type Middleware, systemClock } from '@windhover/core';
import type { LateLogs } from './late-logs.ts';
import type { Logs } from './open-logs.ts';

/** How long a stop waits for work that continues after the answers, in milliseconds. */
const trackedWorkMs = 5000;

/** The features that the configuration and the command line name, created but not yet started. */
export class AppFeatures {
  readonly #config: Configuration;
  readonly #services: DistributionServices;
  readonly #logs: LateLogs;
  readonly #stopping: AbortController;

  /** @param stopping of the services */
  constructor(config: Configuration, services: DistributionServices, logs: LateLogs, stopping: AbortController) {
    this.#config = config;
    this.#services = services;
    this.#logs = logs;
    this.#stopping = stopping;
  }

  /** Puts the features around the application. If one of them cannot start, disposes of all and rejects. */
  async start(
    application: Handler<HttpContext>,
    logs: Pick<Logs, 'log' | 'writeAccess' | 'accessFormat'>,
  ): Promise<{ readonly handler: Handler<HttpContext>; readonly connections: readonly Middleware<Connection>[] }> {
    this.#logs.open(logs);
    const config = this.#config;
    await config.prepare();
    config.commit();
    return {
      handler: createSiteHandler(config, application),
      connections: connectionLayers([config.defaults, config.features]),
    };
  }

  /** The server begins to stop: nothing only keeps requests waiting any more. */
  stopping(): void {
    this.#stopping.abort();
  }

  /** Waits up to 5 seconds for work that continues after the last answer, then disposes of everything. */
  async dispose(): Promise<void> {
    const { log, work } = this.#services;
    const undone = await work.settle(trackedWorkMs, systemClock);
    if (undone.length > 0) log.warn('Stopped without waiting any longer', { for: undone.join(', ') });
    await this.#config.dispose();
  }
}

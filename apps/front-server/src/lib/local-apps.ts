import { type AppDefinition, AppHost, type AppLink, type AppUse } from '@windhover/app-pool';
import type { Clock, Logger, WorkerBus } from '@windhover/core/feature';
import { appDefinedTopic, appStateTopic, appUseTopic } from './app-topics.ts';

type Listener = (message: unknown) => void;

/** Owns the applications of a server that is one process: there are no other workers on this bus, only their owner. */
export class LocalApps implements WorkerBus {
  private readonly parts: { readonly log: Logger; readonly clock: Clock };
  private readonly listeners = new Set<Listener>();
  private host: AppHost | null = null;
  private link: AppLink | null = null;

  constructor(parts: { readonly log: Logger; readonly clock: Clock }) {
    this.parts = parts;
  }

  /** `null`: no configuration has had an application yet. */
  get owner(): AppHost | null {
    return this.host;
  }

  publish(topic: string, message: unknown): void {
    if (topic === appDefinedTopic) this.open().define(message as AppDefinition);
    else if (topic === appUseTopic) this.hear(message as AppUse);
  }

  subscribe(topic: string, listener: Listener): () => void {
    if (topic !== appStateTopic) return () => undefined;
    const own: Listener = (message) => listener(message); // so that one listener may subscribe twice
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  /** Ends all applications. */
  async close(): Promise<void> {
    await this.host?.close();
  }

  private open(): AppHost {
    if (this.host !== null) return this.host;
    this.host = new AppHost(this.parts);
    return this.host;
  }

  /** An application that no configuration has any more is left by all of them. */
  private hear(use: AppUse): void {
    this.link ??= this.open().connect((snapshot) => {
      for (const listener of [...this.listeners]) listener(snapshot);
    });
    this.link.hear(use);
    if (use.is === 'leave') this.host?.remove(use.name);
  }
}

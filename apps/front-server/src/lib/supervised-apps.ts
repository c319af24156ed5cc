import type { AppDefinition, AppHost, AppLink, AppStatus, AppUse } from '@windhover/app-pool';
import type { Clock, Logger } from '@windhover/core/feature';
import type { WorkerHandle } from '@windhover/supervisor';
import { appDefinedTopic, appStateTopic, appUseTopic } from './app-topics.ts';
import type { Published } from './worker-questions.ts';

/** Owns the applications of a server with workers. Nothing is loaded before a configuration has one. */
export class SupervisedApps {
  private readonly parts: { readonly log: Logger; readonly clock: Clock };
  private readonly tell: (worker: WorkerHandle, published: Published) => void;
  private readonly links = new Map<WorkerHandle, AppLink>();
  private opening: Promise<AppHost> | null = null;
  private host: AppHost | null = null;

  /** @param tell passes a message on to a worker */
  constructor(
    parts: { readonly log: Logger; readonly clock: Clock },
    tell: (worker: WorkerHandle, published: Published) => void,
  ) {
    this.parts = parts;
    this.tell = tell;
  }

  /** `null`: no configuration has had an application yet. */
  get owner(): AppHost | null {
    return this.host;
  }

  get status(): readonly AppStatus[] {
    return this.host?.status ?? [];
  }

  /** Must be called before workers take a configuration with applications. */
  async prepare(definitions: readonly AppDefinition[]): Promise<void> {
    if (definitions.length > 0) await this.open();
  }

  /** Runs these applications from now on. */
  apply(definitions: readonly AppDefinition[]): void {
    this.host?.apply(definitions);
  }

  /** Takes what a worker says, if it is about applications. Returns whether it was. */
  hear({ topic, message }: Published, worker: WorkerHandle): boolean {
    if (topic === appDefinedTopic) return true;
    if (topic !== appUseTopic) return false;
    this.linkOf(worker)?.hear(message as AppUse);
    return true;
  }

  /** Answers the command `app`. Throws what is wrong with it. */
  async command({ action, name, lines }: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (action === 'list') return this.status;
    const { host } = this;
    if (host === null) throw new Error('The configuration has no `apps`');
    const app = String(name);
    if (action === 'start') host.start(app);
    else if (action === 'stop') await host.stop(app);
    else if (action === 'recycle') host.recycle(app);
    else if (action === 'logs') return host.lastLines(app, Number(lines ?? 100));
    else throw new Error(`Unknown action ${String(action)}`);
    return null;
  }

  /** Ends all applications. */
  async close(): Promise<void> {
    await this.opening;
    await this.host?.close();
  }

  /** Kills them at once: somebody does not want to wait. */
  killAll(): void {
    this.host?.killAll();
  }

  private open(): Promise<AppHost> {
    this.opening ??= import('@windhover/app-pool').then(({ AppHost: Host }) => {
      this.host = new Host(this.parts);
      return this.host;
    });
    return this.opening;
  }

  private linkOf(worker: WorkerHandle): AppLink | null {
    const existing = this.links.get(worker);
    if (existing !== undefined || this.host === null) return existing ?? null;
    const link = this.host.connect((snapshot) =>
      this.tell(worker, { kind: 'published', topic: appStateTopic, message: snapshot }),
    );
    this.links.set(worker, link);
    void worker.exited.then(() => {
      this.links.delete(worker);
      link.close();
    });
    return link;
  }
}

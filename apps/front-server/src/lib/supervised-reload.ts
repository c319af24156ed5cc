import { resolve } from 'node:path';
import type { Logger } from '@windhover/core';
import type { Supervisor } from '@windhover/supervisor';
import type { LazyAdmin } from './admin/lazy-admin.ts';
import type { LazyOperations } from './lazy-operations.ts';
import { freshReason, type ReadPlan, type ServerPlan } from './server-plan.ts';
import type { SupervisedApps } from './supervised-apps.ts';
import { type InheritedSockets, supervisorSockets, withoutSocketNames } from './supervisor-sockets.ts';
import type { WorkerFleet } from './worker-fleet.ts';

/** What a reload works with. */
export interface ReloadHost {
  readonly supervisor: Supervisor;
  readonly fleet: WorkerFleet;
  readonly operations: LazyOperations;
  readonly apps: SupervisedApps;
  readonly admin: LazyAdmin;
  readonly log: Logger;
  readonly inherited: InheritedSockets;
  read(): Promise<ReadPlan>;
  /** Hears that the configuration was read, whether it can be used or not. */
  onRead(): void;
}

/** Replaces the configuration of all workers at once, or the workers where that is not enough. One reload after the other. */
export class SupervisedReload {
  plan: ServerPlan;
  private readonly host: ReloadHost;
  /** The files that the last reload read. */
  private seen: readonly string[] = [];
  /** The number of the last configuration that was tried. Each has its own: a worker may still have one that was refused. */
  private tried = 1;
  /** How many configurations have taken effect. */
  private taken = 1;
  private turn: Promise<unknown> = Promise.resolve();
  private reloadedAt: string | null = null;
  private error: string | null = null;

  constructor(first: ServerPlan, host: ReloadHost) {
    this.plan = first;
    this.host = host;
  }

  /** The files of the configuration in use, and those of one that was refused: somebody may be mending them. */
  get files(): readonly string[] {
    return [...new Set([...this.plan.files, ...this.seen])];
  }

  /** For the command `status`. */
  get status(): { readonly edition: number; readonly reloadedAt: string | null; readonly reloadError: string | null } {
    return { edition: this.taken, reloadedAt: this.reloadedAt, reloadError: this.error };
  }

  /** @param request `workers: true` replaces the workers in any case, by the code that is on disk */
  run(request: { readonly workers?: unknown } = {}): Promise<void> {
    const done = this.turn.then(() => this.reload(request.workers === true));
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async reload(isForced: boolean): Promise<void> {
    const { log } = this.host;
    try {
      const how = await this.replace(isForced);
      this.error = null;
      this.reloadedAt = new Date().toISOString();
      this.host.admin.used();
      log.info(`Reloaded: ${how}`, { edition: this.taken });
    } catch (error) {
      this.error = withoutSocketNames((error as Error).message);
      log.error(`The reload changed nothing:\n${this.error}`);
      throw error;
    } finally {
      this.host.onRead();
    }
  }

  private async replace(isForced: boolean): Promise<string> {
    const { supervisor, fleet, operations, apps, admin } = this.host;
    this.refuseStopped();
    const read = await this.host.read();
    this.seen = Object.keys(read.snapshot.texts).map((file) => resolve(file));
    const edition = { number: ++this.tried, file: this.plan.file, snapshot: read.snapshot };
    if (read.plan === null) throw new Error((await fleet.check(edition)) ?? 'the configuration cannot be read');
    const { plan } = read;
    if (plan.workers === 0 || this.plan.workers === 0)
      throw new Error('`workers` cannot change between 0 and more while the server runs: restart it');
    const reason = isForced ? 'it was asked for' : freshReason(this.plan, plan);
    // Otherwise the workers say what is wrong when they prepare it.
    if (!plan.hasCode && (reason !== null || !fleet.hasReady)) {
      const fault = await fleet.check(edition);
      if (fault !== null) throw new Error(fault);
    }
    this.refuseStopped();
    await apps.prepare(plan.apps);
    await operations.listen(plan.metrics);
    try {
      await admin.listen(plan.admin);
      this.refuseStopped();
      if (reason === null) await fleet.switchTo(edition, supervisor.status().generation);
      else {
        const generation = supervisor.status().generation + 1;
        fleet.plan(edition, generation);
        const listen = supervisorSockets(plan.listen, this.host.inherited, plan.ftp);
        await supervisor.reload({ listen, workers: plan.workers, lingerMs: plan.oldStreamsMs });
        fleet.use(edition, generation);
      }
    } catch (error) {
      await operations.listen(this.plan.metrics);
      await admin.listen(this.plan.admin);
      throw error;
    }
    apps.apply(plan.apps);
    this.taken += 1;
    this.plan = plan;
    return reason === null ? 'all workers switched to the new configuration' : `new workers, because ${reason}`;
  }

  /** Reading and checking take a while, in which somebody may stop the server. */
  private refuseStopped(): void {
    const { state } = this.host.supervisor.status();
    if (state === 'stopping' || state === 'stopped') throw new Error('The server is stopping');
  }
}

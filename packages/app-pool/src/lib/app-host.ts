import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Logger } from '@windhover/core';
import { createHttpClient, type HttpClient } from '@windhover/http-client';
import type { AppDefinition } from './app-definition.ts';
import { AppPool, type PoolParts } from './app-pool.ts';
import type { AppSnapshot, AppUse } from './app-snapshot.ts';
import type { AppStatus } from './app-status.ts';
import { type ControlGroup, ControlGroups } from './control-groups.ts';
import { appError } from './errors.ts';
import type { TailLine } from './log-tail.ts';
import { ProcessGuard } from './process-guard.ts';
import { findUser } from './user-ids.ts';

/** What the applications of a server need. */
export interface AppHostOptions {
  readonly log: Logger;
  readonly clock: Clock;
}

/** A process that serves, as the host sees it. */
export interface AppLink {
  /** Takes what it says. */
  hear(use: AppUse): void;
  /** It has ended. */
  close(): void;
}

interface Member {
  readonly send: (snapshot: AppSnapshot) => void;
  /** The applications that it passes requests to. */
  readonly names: Set<string>;
}

/** Owns the processes of all applications. There is one for each server, however many processes serve. */
export class AppHost {
  private readonly parts: PoolParts;
  private readonly client: HttpClient;
  private readonly guard: ProcessGuard;
  private readonly folder: string;
  private readonly pools = new Map<string, AppPool>();
  /** Applications that were removed, while their instances end. */
  private readonly leaving = new Set<AppPool>();
  /** Applications of which was told that their limits are not set. */
  private readonly unlimited = new Set<string>();
  private readonly members = new Set<Member>();
  /** Who has not said yet that an instance has no requests any more, by application and instance. */
  private readonly awaited = new Map<string, Set<Member>>();
  private readonly onExit = (): void => this.guard.killAll();

  constructor({ log, clock }: AppHostOptions) {
    this.folder = mkdtempSync(join(tmpdir(), 'windhover-apps-'));
    chmodSync(this.folder, 0o711); // users of applications must reach their own folders in it
    const owner = randomBytes(9).toString('hex');
    let made = 0;
    this.guard = new ProcessGuard(owner, this.folder);
    // No connection is kept: a program that serves one at a time would have no time for clients.
    this.client = createHttpClient({ maxIdlePerOrigin: 0 });
    process.on('exit', this.onExit);
    this.parts = {
      ...{ clock, log, client: this.client, guard: this.guard },
      newMark: () => `${owner}-${++made}`,
      newSocket: (definition) => socketIn(join(this.folder, String(++made)), definition),
      limitsFor: (definition, mark) => this.limitsFor(definition, mark),
      onChange: (pool) => this.tell(pool),
      onDrain: (pool, id) => this.awaitDrain(pool, id),
    };
  }

  /** Makes the applications those of the list: unchanged ones keep their processes, changed ones are recycled, the rest is drained. */
  apply(definitions: readonly AppDefinition[]): void {
    for (const name of [...this.pools.keys()])
      if (!definitions.some((definition) => definition.name === name)) this.remove(name);
    for (const definition of definitions) this.define(definition);
  }

  /** Adds an application, or changes it. One that has failed is started again. */
  define(definition: AppDefinition): void {
    const existing = this.pools.get(definition.name);
    if (existing === undefined) {
      const pool = new AppPool(definition, this.parts);
      this.pools.set(definition.name, pool);
      pool.start();
      this.tell(pool);
    } else if (JSON.stringify(existing.definition) !== JSON.stringify(definition)) existing.change(definition);
    else if (existing.snapshot.phase === 'failed') existing.start(true);
  }

  /** Ends an application after its requests. */
  remove(name: string): void {
    const pool = this.pools.get(name);
    if (pool === undefined) return;
    this.pools.delete(name);
    this.leaving.add(pool);
    void pool.stop().then(() => {
      pool.dispose();
      this.leaving.delete(pool);
    });
  }

  get status(): readonly AppStatus[] {
    return [...this.pools.values()].map((pool) => pool.status);
  }

  /** Throws `APP_UNKNOWN`. */
  start(name: string): void {
    this.pool(name).start(true);
  }

  /** Resolves when its instances have ended; requests are answered 503 until `start`. Throws `APP_UNKNOWN`. */
  async stop(name: string): Promise<void> {
    await this.pool(name).stop();
  }

  /** Replaces its instances, without losing a request. Throws `APP_UNKNOWN`. */
  recycle(name: string): void {
    this.pool(name).recycle('it was asked for');
  }

  /** The last lines that it has written, oldest first. Throws `APP_UNKNOWN`. */
  lastLines(name: string, count: number): readonly TailLine[] {
    return this.pool(name).lastLines(count);
  }

  /** Joins a process that serves. `send` gets what it must know, at once and after each change. */
  connect(send: (snapshot: AppSnapshot) => void): AppLink {
    const member: Member = { send, names: new Set() };
    this.members.add(member);
    return {
      hear: (use) => this.hear(member, use),
      close: () => {
        this.members.delete(member);
        for (const key of [...this.awaited.keys()]) this.settle(key, member);
      },
    };
  }

  /** Ends all applications; kills what is left after the shutdown limits. */
  async close(): Promise<void> {
    for (const name of [...this.pools.keys()]) this.remove(name);
    for (const key of [...this.awaited.keys()]) for (const member of this.members) this.settle(key, member);
    while (this.leaving.size > 0) await Promise.all([...this.leaving].map((pool) => pool.stop()));
    process.off('exit', this.onExit);
    this.client.close();
    await this.guard.close();
  }

  /** Kills all processes: somebody does not want to wait. */
  killAll(): void {
    for (const pool of [...this.pools.values(), ...this.leaving]) pool.killAll();
  }

  /** A machine that has no control groups runs the application all the same, and says so. */
  private limitsFor({ name, limits }: AppDefinition, mark: string): ControlGroup | null {
    if (limits === null) return null;
    const groups = ControlGroups.open(limits);
    try {
      if (typeof groups !== 'string') return groups.make(`${name}-${mark}`, limits);
      this.tellUnlimited(name, groups);
    } catch (error) {
      this.tellUnlimited(name, (error as Error).message);
    }
    return null;
  }

  private tellUnlimited(name: string, why: string): void {
    if (this.unlimited.has(name)) return;
    this.unlimited.add(name);
    this.parts.log.warn(`The limits of the application are not set: ${why}`, { app: name });
  }

  private pool(name: string): AppPool {
    const pool = this.pools.get(name);
    if (pool === undefined)
      throw appError('APP_UNKNOWN', `${name}. There are: ${[...this.pools.keys()].join(', ') || 'none'}`);
    return pool;
  }

  private hear(member: Member, use: AppUse): void {
    const pool = this.pools.get(use.name);
    if (use.is === 'join') {
      member.names.add(use.name);
      if (pool !== undefined) member.send(pool.snapshot);
    } else if (use.is === 'leave') {
      member.names.delete(use.name);
      for (const key of [...this.awaited.keys()]) if (key.startsWith(`${use.name} `)) this.settle(key, member);
    } else if (use.is === 'drained') this.settle(`${use.name} ${use.id}`, member);
    else if (use.is === 'wanted') pool?.wanted();
    else pool?.used(use.counts);
  }

  private tell(pool: AppPool): void {
    const { snapshot } = pool;
    this.forgetGone(snapshot);
    for (const member of this.members) if (member.names.has(snapshot.name)) member.send(snapshot);
  }

  private awaitDrain(pool: AppPool, id: number): void {
    const { name } = pool.definition;
    const waiting = new Set([...this.members].filter(({ names }) => names.has(name)));
    if (waiting.size === 0) queueMicrotask(() => pool.drained(id));
    else this.awaited.set(`${name} ${id}`, waiting);
  }

  /** Nobody waits for an instance that has ended by itself, or was ended at its limit. */
  private forgetGone({ name, draining }: AppSnapshot): void {
    for (const key of this.awaited.keys()) {
      const [owner, id] = key.split(' ');
      if (owner === name && !draining.some((target) => target.id === Number(id))) this.awaited.delete(key);
    }
  }

  private settle(key: string, member: Member): void {
    const waiting = this.awaited.get(key);
    if (waiting === undefined || !waiting.delete(member) || waiting.size > 0) return;
    this.awaited.delete(key);
    const [name, id] = key.split(' ');
    for (const pool of [this.pools.get(name!), ...this.leaving])
      if (pool !== undefined && pool.definition.name === name) pool.drained(Number(id));
  }
}

/** The path of a socket in a new folder, which only the application's user may enter. */
function socketIn(folder: string, { user, group }: AppDefinition): string {
  mkdirSync(folder, { mode: 0o700 });
  const ids = user === null && group === null ? null : findUser(user, group);
  if (ids !== null && typeof ids !== 'string') chownSync(folder, ids.uid, ids.gid);
  return join(folder, 'app.sock');
}

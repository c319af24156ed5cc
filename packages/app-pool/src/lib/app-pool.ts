import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Logger } from '@windhover/core';
import type { HttpClient } from '@windhover/http-client';
import type { AppDefinition } from './app-definition.ts';
import { AppProcess } from './app-process.ts';
import type { AppSnapshot, AppTarget } from './app-snapshot.ts';
import type { AppStatus } from './app-status.ts';
import type { ControlGroup } from './control-groups.ts';
import { freePort } from './free-port.ts';
import { groupMemory } from './group-memory.ts';
import { untilSilent, untilWarm } from './instance-watch.ts';
import { LogTail, type TailLine } from './log-tail.ts';
import type { PoolAction } from './pool-instance.ts';
import { PoolState } from './pool-state.ts';
import { type AppAddress, originOf } from './probe.ts';
import type { ProcessGuard } from './process-guard.ts';

/** How often memory is measured, in milliseconds: it takes a look at all processes of the machine. */
const memoryMs = 10_000;

/** What all applications of a server share. */
export interface PoolParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly client: HttpClient;
  readonly guard: ProcessGuard;
  /** A mark that no other instance has. */
  newMark(): string;
  /** The path of a new socket, alone in a folder that its user owns. */
  newSocket(definition: AppDefinition): string;
  /** The limits of a new instance; `null`: it has none, or they cannot be set, which was told. */
  limitsFor(definition: AppDefinition, mark: string): ControlGroup | null;
  /** Who gets requests has changed. */
  onChange(pool: AppPool): void;
  /** An instance must get no more requests; `drained()` must be called when it has none. */
  onDrain(pool: AppPool, id: number): void;
}

/** An instance that runs: `process` is missing for the moment in which its port is looked for. */
interface Running {
  process: AppProcess | null;
  readonly ended: AbortController;
}

/** One application: carries out what `PoolState` decides. */
export class AppPool {
  definition: AppDefinition;
  private readonly parts: PoolParts;
  private readonly state: PoolState;
  private readonly tail = new LogTail();
  private readonly running = new Map<number, Running>();
  private cancelTick: () => void = () => undefined;
  private cancelMeasuring: () => void = () => undefined;
  private failures = 0;
  private lastFailure: string | null = null;
  private told = '';
  private tellEmpty: (() => void)[] = [];

  constructor(definition: AppDefinition, parts: PoolParts) {
    this.definition = definition;
    this.parts = parts;
    this.state = new PoolState(definition.settings);
    this.measureLater();
  }

  get snapshot(): AppSnapshot {
    const { name, settings } = this.definition;
    const targets = (wanted: string): AppTarget[] =>
      this.state.instances.flatMap(({ id, stage }) => {
        const address = this.running.get(id)?.process?.address;
        return stage === wanted && address !== undefined ? [{ id, address: originOf(address) }] : [];
      });
    const { startupMs } = settings;
    return { name, phase: this.state.phase, instances: targets('ready'), draining: targets('draining'), startupMs };
  }

  get status(): AppStatus {
    const instances = this.state.instances.map(({ id, stage, startedAt, requests }) => {
      const { process = null } = this.running.get(id) ?? {};
      const address = process === null ? '' : originOf(process.address);
      return { id, pid: process?.pid ?? null, stage, address, startedAt, requests };
    });
    const { failures, lastFailure } = this;
    return { name: this.definition.name, phase: this.state.shown, instances, failures, lastFailure };
  }

  lastLines(count: number): readonly TailLine[] {
    return this.tail.last(count);
  }

  /** @param atOnce also an application that starts with its first request */
  start(atOnce = false): void {
    this.tellStopped(); // a stop that is under way is overtaken: nobody waits for it any more
    this.forgetFailures();
    this.perform(this.state.start(this.now, atOnce));
  }

  /** Resolves when all instances have ended, or when it is started again meanwhile. */
  stop(): Promise<void> {
    this.perform(this.state.stop(this.now));
    if (this.running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.tellEmpty.push(resolve));
  }

  private tellStopped(): void {
    for (const tell of this.tellEmpty.splice(0)) tell();
  }

  recycle(why: string): void {
    this.forgetFailures();
    this.perform(this.state.recycle(this.now, why));
  }

  change(definition: AppDefinition): void {
    this.definition = definition;
    this.forgetFailures();
    this.measureLater();
    this.perform(this.state.change(this.now, definition.settings));
  }

  wanted(): void {
    this.perform(this.state.wanted(this.now));
  }

  used(counts: readonly (readonly [id: number, requests: number])[]): void {
    this.perform(this.state.used(this.now, counts));
  }

  drained(id: number): void {
    this.perform(this.state.drained(this.now, id));
  }

  /** Kills everything, for the end of the server. */
  killAll(): void {
    for (const { process } of this.running.values()) process?.kill();
  }

  dispose(): void {
    this.cancelTick();
    this.cancelMeasuring();
  }

  /** Somebody has done something about them. */
  private forgetFailures(): void {
    this.failures = 0;
    this.lastFailure = null;
  }

  private get now(): number {
    return this.parts.clock.now();
  }

  private perform(actions: readonly PoolAction[]): void {
    for (const action of actions) this.carryOut(action);
    this.tickLater();
    const told = JSON.stringify(this.snapshot);
    if (told === this.told) return;
    this.told = told;
    // Before the change is told: whoever has no request of the instance answers at once.
    for (const action of actions) if (action.do === 'drain') this.parts.onDrain(this, action.id);
    this.parts.onChange(this);
  }

  private carryOut(action: PoolAction): void {
    if (action.do === 'spawn') void this.spawn(action.id);
    else if (action.do === 'tell') this.parts.log[action.level](action.message, { app: this.definition.name });
    else if (action.do === 'end') this.running.get(action.id)?.process?.end();
    else if (action.do === 'kill') {
      const process = this.running.get(action.id)?.process;
      this.parts.log.warn(`An instance is killed: ${action.why}`, this.facts(process?.pid ?? null));
      process?.kill();
    }
  }

  private async spawn(id: number): Promise<void> {
    const running: Running = { process: null, ended: new AbortController() };
    this.running.set(id, running);
    const { definition } = this;
    const how = await this.run(id, running, definition).catch((error: unknown) => String((error as Error).message));
    running.ended.abort();
    const instance = this.state.instances.find((each) => each.id === id);
    if (instance?.stage === 'starting' || instance?.stage === 'ready') {
      this.failures += 1;
      this.lastFailure = how;
    }
    this.running.delete(id);
    this.perform(this.state.exited(this.now, id, how));
    if (this.running.size === 0) this.tellStopped();
  }

  /** Resolves with how it ended. */
  private async run(id: number, running: Running, definition: AppDefinition): Promise<string> {
    const { clock, client, guard, log } = this.parts;
    const address: AppAddress =
      definition.listen === 'socket' ? { socket: this.parts.newSocket(definition) } : { port: await freePort() };
    const stage = this.state.instances.find((each) => each.id === id)?.stage;
    if (stage !== 'starting') return 'it was stopped before it started';
    const onLine = (line: string, pid: number): void => {
      this.tail.add({ at: clock.now(), pid, line });
      log.info(line, this.facts(pid));
    };
    const mark = this.parts.newMark();
    const limits = this.parts.limitsFor(definition, mark);
    const process = new AppProcess(definition, { address, mark, guard, limits, onLine });
    running.process = process;
    const onWarning = (message: string): void => log.warn(message, this.facts(process.pid));
    const { noticed } = process;
    const watched = { definition, address, client, clock, noticed, ended: running.ended.signal, onWarning };
    void untilWarm(watched).then(async (isWarm) => {
      if (!isWarm) return;
      this.perform(this.state.ready(this.now, id));
      if (await untilSilent(watched)) this.perform(this.state.silent(this.now, id));
    });
    const how = await process.exited;
    if ('socket' in address) await rm(dirname(address.socket), { recursive: true, force: true });
    return how;
  }

  private tickLater(): void {
    this.cancelTick();
    const { nextAt } = this.state;
    if (nextAt === Number.POSITIVE_INFINITY) return;
    this.cancelTick = this.parts.clock.schedule(Math.max(0, nextAt - this.now), () =>
      this.perform(this.state.tick(this.now)),
    );
  }

  private measureLater(): void {
    this.cancelMeasuring();
    if (this.definition.settings.recycle.memoryBytes === null) return;
    this.cancelMeasuring = this.parts.clock.schedule(memoryMs, () => void this.measure());
  }

  private async measure(): Promise<void> {
    for (const [id, { process }] of this.running) {
      const bytes = process?.pid == null ? null : await groupMemory(process.pid);
      if (bytes !== null) this.perform(this.state.memory(this.now, id, bytes));
    }
    this.measureLater();
  }

  private facts(pid: number | null): Readonly<Record<string, unknown>> {
    return { app: this.definition.name, ...(pid === null ? {} : { pid }) };
  }
}

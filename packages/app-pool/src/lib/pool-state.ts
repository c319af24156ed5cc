import { FailureCount } from './failure-count.ts';
import { InstanceMoves, isServing } from './instance-moves.ts';
import { nextTimeOfDay } from './next-time-of-day.ts';
import type { PoolAction, PoolInstance } from './pool-instance.ts';
import type { PoolSettings } from './pool-settings.ts';

/**
 * `running`: its instances are kept running. `idle`: the next request starts it. `stopped`: it was told to stop. `failed`: it has failed
 * too often; instances that work go on, and no other is started.
 */
export type PoolPhase = 'running' | 'idle' | 'stopped' | 'failed';

/** Decides about the instances of one application. It has no processes and no timers: it is told what happened, and says what to do. */
export class PoolState {
  phase: PoolPhase = 'stopped';
  private settings: PoolSettings;
  private readonly all = new Map<number, PoolInstance>();
  private readonly failures = new FailureCount();
  private nextId = 1;
  /** No attempt before that time. */
  private startFrom = 0;
  /** When `decide` was called last. */
  private decidedAt = 0;
  private usedAt = 0;
  private scheduledAt = Number.POSITIVE_INFINITY;
  private readonly moves = new InstanceMoves();

  constructor(settings: PoolSettings) {
    this.settings = settings;
  }

  get instances(): readonly PoolInstance[] {
    return [...this.all.values()];
  }

  /** For people: `running` is what it should do, and `restarting` that it has failed and nothing works until the next attempt does. */
  get shown(): PoolPhase | 'restarting' {
    const isServed = this.instances.some(({ stage }) => stage === 'ready');
    return this.phase === 'running' && this.failures.isFailing && !isServed ? 'restarting' : this.phase;
  }

  /** Begins; an application that starts with its first request waits for it, unless `atOnce`. */
  start(now: number, atOnce = false): readonly PoolAction[] {
    if (this.phase !== 'running') this.begin(now, atOnce || this.settings.start === 'always' ? 'running' : 'idle');
    return this.decide(now);
  }

  /** Ends all instances, after their requests. */
  stop(now: number): readonly PoolAction[] {
    this.phase = 'stopped';
    for (const instance of this.all.values()) this.leave(instance, now, 'the application is stopped');
    return this.decide(now);
  }

  /** A request waits for an instance. */
  wanted(now: number): readonly PoolAction[] {
    this.usedAt = now;
    if (this.phase === 'idle') this.phase = 'running';
    return this.decide(now);
  }

  /** Requests have come, or are still under way. */
  used(now: number, counts: readonly (readonly [id: number, requests: number])[]): readonly PoolAction[] {
    this.usedAt = now;
    const { requests: limit } = this.settings.recycle;
    for (const [id, requests] of counts) {
      const instance = this.all.get(id);
      if (instance === undefined) continue;
      instance.requests += requests;
      if (limit !== null && instance.requests >= limit)
        this.moves.replace(instance, `it has answered ${instance.requests} requests`);
    }
    return this.decide(now);
  }

  ready(now: number, id: number): readonly PoolAction[] {
    const instance = this.all.get(id);
    if (instance?.stage === 'starting') {
      instance.stage = 'ready';
      instance.readyAt = now;
      instance.deadline = now + (this.settings.recycle.everyMs ?? Number.POSITIVE_INFINITY);
    }
    return this.decide(now);
  }

  /** It has no more requests. */
  drained(now: number, id: number): readonly PoolAction[] {
    const instance = this.all.get(id);
    if (instance?.stage === 'draining') this.moves.end(instance, instance.replacedFor ?? 'its requests are finished');
    return this.decide(now);
  }

  exited(now: number, id: number, how: string): readonly PoolAction[] {
    const instance = this.all.get(id);
    if (instance === undefined) return [];
    this.all.delete(id);
    if (instance.stage === 'starting' || instance.stage === 'ready') this.failed(instance, now, how);
    return this.decide(now);
  }

  memory(now: number, id: number, bytes: number): readonly PoolAction[] {
    const instance = this.all.get(id);
    const { memoryBytes } = this.settings.recycle;
    if (instance !== undefined && memoryBytes !== null && bytes > memoryBytes)
      this.moves.replace(instance, `it uses ${Math.round(bytes / 2 ** 20)} MiB of memory`);
    return this.decide(now);
  }

  /** It does not answer any more. */
  silent(now: number, id: number): readonly PoolAction[] {
    const instance = this.all.get(id);
    if (instance?.stage === 'ready') this.moves.kill(instance, 'it does not answer');
    return this.decide(now);
  }

  /** Replaces all instances. One that failed, or was stopped, is started. */
  recycle(now: number, why: string): readonly PoolAction[] {
    for (const instance of this.all.values()) this.moves.replace(instance, why);
    if (this.phase === 'failed' || this.phase === 'stopped') this.begin(now, 'running');
    return this.decide(now);
  }

  /** Takes other settings, by which all instances are replaced. */
  change(now: number, settings: PoolSettings): readonly PoolAction[] {
    this.settings = settings;
    this.scheduledAt = nextTimeOfDay(settings.recycle.at, now);
    this.failures.reset(); // what failed before says nothing about what is started now
    this.startFrom = 0;
    for (const instance of this.all.values()) this.moves.replace(instance, 'its configuration has changed');
    if (this.phase === 'failed' || (this.phase === 'idle' && settings.start === 'always')) this.begin(now, 'running');
    return this.decide(now);
  }

  /** Time has passed. */
  tick(now: number): readonly PoolAction[] {
    if (now >= this.scheduledAt) {
      this.scheduledAt = nextTimeOfDay(this.settings.recycle.at, now);
      for (const instance of this.all.values()) this.moves.replace(instance, 'it is the time of the day for it');
    }
    for (const instance of this.all.values()) this.late(instance, now);
    if (this.phase === 'running' && now >= this.idleAt) {
      this.phase = 'idle';
      for (const instance of this.all.values()) this.leave(instance, now, 'nobody has used it');
    }
    return this.decide(now);
  }

  /** When `tick()` has something to do, in milliseconds since the epoch. */
  get nextAt(): number {
    let next = this.scheduledAt;
    for (const { stage, deadline, killAt, isKilled, replacedFor } of this.all.values()) {
      if (isKilled || (stage === 'ready' && replacedFor !== null)) continue;
      next = Math.min(next, deadline, killAt);
    }
    if (this.phase !== 'running') return next;
    if (this.fresh.length < this.settings.instances && this.startFrom > this.decidedAt)
      next = Math.min(next, this.startFrom);
    return Math.min(next, this.idleAt);
  }

  /** When nobody has used it for long enough; while an instance starts, a request may be waiting for it. */
  private get idleAt(): number {
    const { idleStopMs } = this.settings;
    const isStarting = this.fresh.length === 0 || this.fresh.some(({ stage }) => stage === 'starting');
    if (idleStopMs === null || isStarting) return Number.POSITIVE_INFINITY;
    return Math.max(this.usedAt, ...this.fresh.map(({ readyAt }) => readyAt!)) + idleStopMs;
  }

  private get fresh(): readonly PoolInstance[] {
    return this.instances.filter(({ stage, replacedFor }) => isServing({ stage }) && replacedFor === null);
  }

  private get old(): readonly PoolInstance[] {
    return this.instances.filter(({ stage, replacedFor }) => isServing({ stage }) && replacedFor !== null);
  }

  private begin(now: number, phase: PoolPhase): void {
    this.phase = phase;
    this.failures.reset();
    this.startFrom = 0;
    this.usedAt = now;
    this.scheduledAt = nextTimeOfDay(this.settings.recycle.at, now);
  }

  /** Starts what is missing and lets go of what is too much; returns everything that is to be done. */
  private decide(now: number): readonly PoolAction[] {
    this.decidedAt = now;
    if (this.phase === 'running') {
      this.startMissing(now);
      this.releaseOld(now);
    }
    return this.moves.take();
  }

  /** All at once while nothing is ready; otherwise one after the other, so that a recycle does not take the whole machine. */
  private startMissing(now: number): void {
    const { instances, recycle } = this.settings;
    if (now < this.startFrom) return;
    const isServed = this.instances.some(({ stage }) => stage === 'ready');
    while (this.fresh.length < instances) {
      if (isServed && this.fresh.some(({ stage }) => stage === 'starting')) return;
      if (!recycle.overlap && this.all.size >= instances) return;
      const id = this.nextId++;
      this.all.set(id, this.moves.spawn(id, now, this.settings.startupMs));
    }
  }

  private releaseOld(now: number): void {
    const { instances, recycle } = this.settings;
    for (const instance of this.old) {
      if (instance.stage === 'starting') this.leave(instance, now, instance.replacedFor!);
    }
    const isLeaving = this.instances.some(({ stage }) => !isServing({ stage }));
    if (!recycle.overlap && (isLeaving || this.fresh.some(({ stage }) => stage === 'starting'))) return;
    const ready = this.fresh.filter(({ stage }) => stage === 'ready').length;
    let surplus = recycle.overlap ? ready + this.old.length - instances : 1;
    for (const instance of this.old) if (surplus-- > 0) this.leave(instance, now, instance.replacedFor!);
  }

  private leave(instance: PoolInstance, now: number, why: string): void {
    this.moves.leave(instance, now, this.settings.shutdownMs, why);
  }

  private late(instance: PoolInstance, now: number): void {
    const { stage, readyAt } = instance;
    if (now >= instance.killAt) this.moves.kill(instance, 'it did not end within the shutdown limit');
    else if (now < instance.deadline) return;
    else if (stage === 'starting') this.moves.kill(instance, 'it was not ready within the startup limit');
    else if (stage === 'draining') this.moves.end(instance, 'its requests take longer than the shutdown limit');
    else if (stage === 'ready') this.moves.replace(instance, `it has run for ${Math.round((now - readyAt!) / 1000)} s`);
  }

  private failed({ readyAt }: PoolInstance, now: number, how: string): void {
    if (readyAt !== null && now - readyAt >= this.settings.backoff.resetMs) this.failures.succeeded();
    if (this.phase !== 'running') return;
    const waitMs = this.failures.add(now, this.settings);
    if (waitMs !== null) {
      this.startFrom = now + waitMs;
      this.moves.tell('warn', `An instance failed, the next attempt is in ${waitMs} ms: ${how}`);
      return;
    }
    this.phase = 'failed';
    const { failures, withinMs } = this.settings.rapidFail!;
    const message = `It failed ${failures} times within ${withinMs / 1000} s and is not started again, until a reload or \`windhover app start\`: ${how}`;
    this.moves.tell('error', message);
    for (const instance of this.all.values())
      if (instance.stage === 'starting') this.leave(instance, now, 'the application has failed too often');
  }
}

import type { Clock } from '@windhover/core';
import { checkOptions, milliseconds, type Rules, withFunctions } from '@windhover/options';
import { badOption } from './bad-option.ts';
import { runCallback } from './run-callback.ts';

/** Precision of deadlines. One tick serves all connections; a finer one would wake an idle process for nothing. */
const defaultResolutionMs = 250;

/** Options of `createTimerWheel`. */
export interface TimerWheelOptions {
  readonly clock: Clock;
  /** A deadline passes never early, and late by less than this. Milliseconds, above 0. Default: 250. */
  readonly resolutionMs?: number;
}

/** A point in time that can be moved cheaply: moving it later only writes a number. */
export interface Deadline {
  /** Calls back in `delayMs`, replacing the earlier setting; never for `Infinity`. Passing `now` saves reading the clock. */
  set(delayMs: number, now?: number): void;
  /** Stops the deadline until `set()` is called again. Cheap: use it if that will be soon. */
  clear(): void;
  /** Stops the deadline for good and releases the callback: use it when its owner goes away. */
  dispose(): void;
}

/** Deadlines without a timer object each: one coarse tick serves all of them, and no timer runs while none is set. */
export interface TimerWheel {
  /** The clock's time: milliseconds since the epoch. */
  readonly now: number;
  createDeadline(callback: () => void): Deadline;
}

const clockRule = withFunctions(['now', 'schedule'], 'systemClock, or another with now() and schedule()');

const optionRules: Rules<TimerWheelOptions> = { clock: clockRule, resolutionMs: milliseconds('above 0') };

/** Creates a wheel that is driven by `clock`. Throws `TRANSPORT_BAD_OPTION`. */
export function createTimerWheel(options: TimerWheelOptions): TimerWheel {
  const refuse = (what: string): Error => badOption('createTimerWheel()', what);
  checkOptions(options, optionRules, refuse);
  const { clock, resolutionMs = defaultResolutionMs } = options;
  const missing = clockRule.fault(clock, 'clock');
  if (missing !== null) throw refuse(missing);
  return new Wheel(clock, resolutionMs);
}

/** A slot is a span of `resolutionMs`; the tick at its end visits the deadlines filed in it. */
class Wheel implements TimerWheel {
  private readonly clock: Clock;
  private readonly resolutionMs: number;
  private readonly slots = new Map<number, Set<WheelDeadline>>();
  private isTicking = false;

  constructor(clock: Clock, resolutionMs: number) {
    this.clock = clock;
    this.resolutionMs = resolutionMs;
  }

  get now(): number {
    return this.clock.now();
  }

  createDeadline(callback: () => void): Deadline {
    return new WheelDeadline(this, callback);
  }

  /** The slot whose tick comes at `time`, or less than one slot later. */
  slotAt(time: number): number {
    return Math.ceil(time / this.resolutionMs);
  }

  file(deadline: WheelDeadline, slot: number): void {
    const filed = this.slots.get(slot);
    if (filed === undefined) this.slots.set(slot, new Set([deadline]));
    else filed.add(deadline);
    if (!this.isTicking) this.startTick();
  }

  unfile(deadline: WheelDeadline, slot: number): void {
    const filed = this.slots.get(slot);
    if (filed?.delete(deadline) && filed.size === 0) this.slots.delete(slot);
  }

  private startTick(): void {
    this.isTicking = true;
    const { resolutionMs } = this;
    this.clock.schedule(resolutionMs - (this.clock.now() % resolutionMs), () => this.tick());
  }

  private tick(): void {
    const now = this.clock.now();
    const current = Math.floor(now / this.resolutionMs);
    // After a suspend, many slots have passed: visit only those that hold deadlines.
    const due = [...this.slots.keys()].filter((slot) => slot <= current).sort((a, b) => a - b);
    for (const slot of due) {
      const filed = this.slots.get(slot) ?? [];
      this.slots.delete(slot);
      for (const deadline of filed) deadline.visit(now);
    }
    this.isTicking = false;
    if (this.slots.size > 0) this.startTick();
  }
}

/** Moving a deadline later only writes a number; when its old slot is visited, it is filed again. */
class WheelDeadline implements Deadline {
  private readonly wheel: Wheel;
  private callback: (() => void) | null;
  private dueAt = Number.POSITIVE_INFINITY;
  private slot: number | null = null;

  constructor(wheel: Wheel, callback: () => void) {
    this.wheel = wheel;
    this.callback = callback;
  }

  set(delayMs: number, now: number = this.wheel.now): void {
    if (this.callback === null) return;
    this.dueAt = now + delayMs;
    if (this.slot === null) {
      this.file();
    } else if (this.wheel.slotAt(this.dueAt) < this.slot) {
      this.wheel.unfile(this, this.slot);
      this.file();
    }
  }

  clear(): void {
    this.dueAt = Number.POSITIVE_INFINITY;
  }

  dispose(): void {
    this.clear();
    if (this.slot !== null) this.wheel.unfile(this, this.slot);
    this.slot = null;
    this.callback = null;
  }

  /** Called when the tick of its slot has come. */
  visit(now: number): void {
    this.slot = null;
    if (this.dueAt === Number.POSITIVE_INFINITY) return;
    if (this.dueAt > now) {
      this.file();
      return;
    }
    this.dueAt = Number.POSITIVE_INFINITY;
    if (this.callback !== null) runCallback(this.callback); // reports errors, so that the other due deadlines still run
  }

  private file(): void {
    if (this.dueAt === Number.POSITIVE_INFINITY) return; // no tick for a deadline that never passes
    this.slot = this.wheel.slotAt(this.dueAt);
    this.wheel.file(this, this.slot);
  }
}

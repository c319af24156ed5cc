import type { Clock } from '@windhover/core';
import type { AppSnapshot, AppUse } from './app-snapshot.ts';
import { type AppPoolErrorCode, appError } from './errors.ts';

/** How often requests are reported, and how often is looked whether an instance has finished its own, in milliseconds. */
const reportMs = 1000;
const drainMs = 50;

/** The addresses that requests are passed to. The proxy implements it. */
export interface AppTargets {
  /** Replaces the list. Draining ones get no new requests. */
  set(addresses: readonly string[], draining: readonly string[]): void;
  /** Requests under way at an address, and all that it was given; `null` if it is unknown. */
  load(address: string): { readonly active: number; readonly total: number } | null;
}

/** What a view works with. */
export interface AppViewParts {
  readonly clock: Clock;
  readonly targets: AppTargets;
  /** Tells the owner of the processes. */
  readonly tell: (use: AppUse) => void;
}

/** One request that waits for an instance. */
interface Waiter {
  readonly go: () => void;
  readonly refuse: (error: Error) => void;
}

/** What a process that serves knows of one application. */
export class AppView {
  readonly name: string;
  private readonly parts: AppViewParts;
  private snapshot: AppSnapshot | null = null;
  private readonly waiters = new Set<Waiter>();
  private readonly counted = new Map<number, number>();
  private cancelReport: () => void = () => undefined;
  private cancelDrain: () => void = () => undefined;
  private hasAsked = false;
  /** Whether an instance takes requests. */
  isOpen = false;

  constructor(name: string, parts: AppViewParts) {
    this.name = name;
    this.parts = parts;
  }

  /** Asks the owner for what it knows; the answer comes to `hear`. */
  open(): void {
    this.parts.tell({ name: this.name, is: 'join' });
  }

  /** Takes what the owner says. */
  hear(snapshot: AppSnapshot): void {
    if (snapshot.name !== this.name) return;
    this.report();
    this.snapshot = snapshot;
    for (const id of this.counted.keys())
      if (![...snapshot.instances, ...snapshot.draining].some((each) => each.id === id)) this.counted.delete(id);
    const { instances, draining, phase } = snapshot;
    const addressesOf = (list: AppSnapshot['instances']): string[] => list.map(({ address }) => address);
    this.parts.targets.set(addressesOf([...instances, ...draining]), addressesOf(draining));
    this.isOpen = instances.length > 0;
    if (this.isOpen || phase !== 'idle') this.hasAsked = false;
    this.lookAtDraining();
    if (this.isOpen) {
      this.reportLater();
      for (const { go } of this.waiters) go();
    } else if (phase === 'stopped' || phase === 'failed') {
      for (const { refuse } of this.waiters) refuse(this.refusal!);
    } else if (phase === 'idle' && this.waiters.size > 0) this.ask();
  }

  /** Why no request may wait; `null`: it may. */
  get refusal(): Error | null {
    const { phase } = this.snapshot ?? {};
    const codes: Readonly<Record<string, AppPoolErrorCode>> = { stopped: 'APP_STOPPED', failed: 'APP_FAILED' };
    const code = codes[phase ?? ''];
    return code === undefined ? null : appError(code, this.name);
  }

  get waiting(): number {
    return this.waiters.size;
  }

  /** How long a request may wait, in milliseconds. */
  get waitMs(): number {
    return this.snapshot?.startupMs ?? 90_000;
  }

  /** A request needs an instance. */
  ask(): void {
    if (this.hasAsked || this.snapshot?.phase !== 'idle') return;
    this.hasAsked = true;
    this.parts.tell({ name: this.name, is: 'wanted' });
  }

  /** Returns a function that ends the wait. One of the other two is called unless it was called before. */
  join(waiter: Waiter): () => void {
    this.waiters.add(waiter);
    return () => void this.waiters.delete(waiter);
  }

  /** No request is passed to it any more. */
  close(): void {
    this.report();
    this.cancelReport();
    this.cancelDrain();
    this.parts.tell({ name: this.name, is: 'leave' });
  }

  /** Tells how many requests came since the last time; nothing if none did and none is under way. */
  private report(): void {
    if (this.snapshot === null) return;
    const counts: [number, number][] = [];
    let active = 0;
    for (const { id, address } of [...this.snapshot.instances, ...this.snapshot.draining]) {
      const load = this.parts.targets.load(address);
      if (load === null) continue;
      active += load.active;
      const before = this.counted.get(id) ?? 0;
      if (load.total > before) counts.push([id, load.total - before]);
      this.counted.set(id, load.total);
    }
    if (counts.length > 0 || active > 0) this.parts.tell({ name: this.name, is: 'used', counts });
  }

  private reportLater(): void {
    this.cancelReport();
    this.cancelReport = this.parts.clock.schedule(reportMs, () => {
      this.report();
      if (this.isOpen) this.reportLater();
    });
  }

  private lookAtDraining(): void {
    this.cancelDrain();
    let isBusy = false;
    for (const { id, address } of this.snapshot!.draining) {
      if ((this.parts.targets.load(address)?.active ?? 0) > 0) isBusy = true;
      else this.parts.tell({ name: this.name, is: 'drained', id });
    }
    if (isBusy) this.cancelDrain = this.parts.clock.schedule(drainMs, () => this.lookAtDraining());
  }
}

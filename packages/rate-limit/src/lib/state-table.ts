import { ownString } from '@windhover/core';
import type { RateState } from './rate-policy.ts';

/** Slots that are looked at when a key is added: two for each keep ahead of any stream of new keys. */
const sweptPerKey = 2;
/** Slots that are compared when the table is full. */
const compared = 8;
const firstSlots = 256;

/**
 * States by key, in typed arrays: a key costs its text, an entry of a map and eight bytes for each number. The number of keys is bounded.
 * Keys whose state has ended are found as others come, without a timer; when the table is full, the one that ends soonest among a few
 * makes room, because it loses the least.
 */
export class StateTable {
  private readonly slots = new Map<string, number>();
  private readonly keys: (string | undefined)[] = [];
  private readonly free: number[] = [];
  private readonly width: number;
  private readonly maxKeys: number;
  private readonly endOf: (state: RateState) => number;
  private columns: Float64Array[];
  private hand = 0;
  private readonly scratch: RateState = { a: 0, b: 0, c: 0 };

  constructor(width: number, maxKeys: number, endOf: (state: RateState) => number) {
    this.width = width;
    this.maxKeys = maxKeys;
    this.endOf = endOf;
    this.columns = this.columnsOf(Math.min(firstSlots, maxKeys));
  }

  get size(): number {
    return this.slots.size;
  }

  /** Fills `state` with what is remembered of a key. Returns whether there is anything. */
  load(key: string, state: RateState): boolean {
    const slot = this.slots.get(key);
    if (slot === undefined) {
      state.a = state.b = state.c = 0;
      return false;
    }
    this.read(slot, state);
    return true;
  }

  store(key: string, state: RateState, now: number): void {
    const slot = this.slots.get(key) ?? this.take(key, now);
    const [a, b, c] = this.columns;
    a![slot] = state.a;
    if (this.width > 1) b![slot] = state.b;
    if (this.width > 2) c![slot] = state.c;
  }

  private take(key: string, now: number): number {
    this.sweep(now);
    if (this.slots.size >= this.maxKeys) this.evict(now);
    const slot = this.free.pop() ?? this.keys.length;
    if (slot >= this.columns[0]!.length) this.grow();
    const own = ownString(key); // a part of a header would keep the whole head alive
    this.keys[slot] = own;
    this.slots.set(own, slot);
    return slot;
  }

  private sweep(now: number): void {
    for (let count = Math.min(sweptPerKey, this.keys.length); count > 0; count--) {
      this.hand = this.hand + 1 < this.keys.length ? this.hand + 1 : 0;
      if (this.keys[this.hand] !== undefined && this.endAt(this.hand) <= now) this.remove(this.hand);
    }
  }

  private evict(now: number): void {
    let soonest = -1;
    let end = Number.POSITIVE_INFINITY;
    const start = Math.floor(Math.random() * this.keys.length);
    for (let index = 0, seen = 0; seen < compared && index < this.keys.length; index++) {
      const slot = (start + index) % this.keys.length;
      if (this.keys[slot] === undefined) continue;
      seen += 1;
      const at = this.endAt(slot);
      if (at >= end) continue;
      soonest = slot;
      end = at;
      if (at <= now) break;
    }
    this.remove(soonest);
  }

  private remove(slot: number): void {
    this.slots.delete(this.keys[slot]!);
    this.keys[slot] = undefined;
    this.free.push(slot);
  }

  private endAt(slot: number): number {
    this.read(slot, this.scratch);
    return this.endOf(this.scratch);
  }

  private read(slot: number, state: RateState): void {
    const [a, b, c] = this.columns;
    state.a = a![slot]!;
    state.b = b === undefined ? 0 : b[slot]!;
    state.c = c === undefined ? 0 : c[slot]!;
  }

  private grow(): void {
    const grown = this.columnsOf(Math.min(this.maxKeys, this.columns[0]!.length * 2));
    for (const [index, column] of grown.entries()) column.set(this.columns[index]!);
    this.columns = grown;
  }

  private columnsOf(length: number): Float64Array[] {
    return Array.from({ length: this.width }, () => new Float64Array(length));
  }
}

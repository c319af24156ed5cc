import type { Clock } from '@windhover/core';

/** How often connections look at their times. One timer serves all connections of a handler, and none runs without one. */
export const tickMs = 1000;

/** A connection that has times to keep. */
export interface KeptSocket {
  /** A tick has passed. */
  tick(): void;
}

/** Calls every open connection once a second, and knows the time at that precision: reading the clock for each message would cost. */
export class SocketKeeper<Socket extends KeptSocket> {
  readonly sockets: Set<Socket> = new Set();
  /** Ticks so far. */
  ticks = 0;
  private readonly clock: Clock;
  private stopTimer: (() => void) | null = null;
  private whenEmpty: (() => void)[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(socket: Socket): void {
    this.sockets.add(socket);
    this.stopTimer ??= this.clock.schedule(tickMs, this.tick);
  }

  delete(socket: Socket): void {
    this.sockets.delete(socket);
    if (this.sockets.size > 0) return;
    this.stopTimer?.();
    this.stopTimer = null;
    for (const resolve of this.whenEmpty.splice(0)) resolve();
  }

  /** Resolves when no connection is left. */
  async emptied(): Promise<void> {
    if (this.sockets.size > 0) await new Promise<void>((resolve) => this.whenEmpty.push(resolve));
  }

  private readonly tick = (): void => {
    this.ticks += 1;
    this.stopTimer = this.clock.schedule(tickMs, this.tick);
    for (const socket of this.sockets) socket.tick();
  };
}

/** Returns a time as a number of ticks, rounded up; `Infinity` for `null`. */
export function toTicks(timeMs: number | null): number {
  return timeMs === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(timeMs / tickMs));
}

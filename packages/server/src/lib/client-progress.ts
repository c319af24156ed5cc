import type { ConnectionInfo } from '@windhover/core';
import { unreadBytes } from '@windhover/transport';

/** Where the system does not tell what a client has taken, one that takes nothing from us may be busy with the system's buffer for this many windows. */
const windowsUntold = 10;

/** What a look at a slow client found. */
export interface ProgressVerdict {
  readonly isTooSlow: boolean;
  /** Bytes that the kernel holds and the client has not taken; `null` where nobody knows. */
  readonly unread: number | null;
}

/**
 * Whether a client really reads an answer too slowly. Our own count moves only when the system takes bytes, in bursts of a megabyte and more; what the
 * client has taken of them the system tells, on Linux. That costs a look at a table, so it is asked for clients that look slow only: in the middle of
 * a window, and at its end.
 */
export class ClientProgress {
  private readonly info: ConnectionInfo;
  private readonly bytesPerSecond: number;
  private readonly windowMs: number;
  private seen: { readonly at: number; readonly taken: number } | null = null;
  private isLooking = false;
  /** Windows in a row in which the kernel took nothing. */
  private windows = 0;
  private givenBefore = -1;

  constructor(info: ConnectionInfo, bytesPerSecond: number, windowMs: number) {
    this.info = info;
    this.bytesPerSecond = bytesPerSecond;
    this.windowMs = windowMs;
  }

  /** The middle of a window in which the kernel took too little. `given` counts the bytes that it has taken. */
  async note(now: number, given: number): Promise<void> {
    const isSeen = this.seen !== null && now - this.seen.at < this.windowMs;
    if (isSeen || this.isLooking || this.info.transport !== 'tcp') return;
    this.isLooking = true;
    const unread = await unreadBytes(this.info);
    this.isLooking = false;
    if (unread !== null) this.seen = { at: now, taken: given - unread };
  }

  /** The end of such a window. */
  async judge(now: number, given: number): Promise<ProgressVerdict> {
    const { transport } = this.info;
    if (transport === 'memory') return { isTooSlow: true, unread: 0 };
    const unread = transport === 'tcp' ? await unreadBytes(this.info) : null;
    if (unread === null) {
      this.windows = given === this.givenBefore ? this.windows + 1 : 1;
      this.givenBefore = given;
      return { isTooSlow: this.windows >= windowsUntold, unread };
    }
    const { seen } = this;
    const taken = given - unread;
    this.seen = { at: now, taken };
    const isTooSlow = seen !== null && (taken - seen.taken) * 1000 < this.bytesPerSecond * (now - seen.at);
    return { isTooSlow, unread };
  }
}

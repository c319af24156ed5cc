import type { ConnectionInfo } from '@windhover/core';
import { unreadBytes } from '@windhover/transport';

/**
 * For systems that do not report how much a client has taken: after this many windows in which the system took nothing
 * from us, the client is too slow. Until then it may still be reading the system's buffer.
 */
const windowsUntold = 10;

/** The result of a check of a slow client. */
export interface ProgressVerdict {
  readonly isTooSlow: boolean;
  /** Bytes that the kernel holds and the client has not taken; `null` if unknown. */
  readonly unread: number | null;
}

/**
 * Checks whether a client really reads an answer too slowly. Our own count moves only when the system takes bytes, in
 * bursts of a megabyte and more. On Linux the system reports how many of them the client has taken. Asking costs a
 * table lookup, so it is done only for clients that look slow: in the middle of a window, and at its end.
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

  /**
   * Called in the middle of a window in which the kernel took too little. `given` is the number of bytes that the
   * kernel has taken.
   */
  async note(now: number, given: number): Promise<void> {
    const isSeen = this.seen !== null && now - this.seen.at < this.windowMs;
    if (isSeen || this.isLooking || this.info.transport !== 'tcp') return;
    this.isLooking = true;
    const unread = await unreadBytes(this.info);
    this.isLooking = false;
    if (unread !== null) this.seen = { at: now, taken: given - unread };
  }

  /** Called at the end of such a window. */
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

import type { Http2Connection } from '@windhover/http2-codec';
import type { ServerLimits } from '../limits.ts';
import { RateWatch } from '../rate-watch.ts';

/**
 * Checks whether a client opens the window of its connection fast enough. Streams that wait for it share its rate: none
 * of them is slow because others are sent first.
 */
export class WindowWatch {
  private readonly codec: Http2Connection;
  private readonly limits: ServerLimits;
  /** Made when streams wait for the first time; most clients never let them. */
  private watch: RateWatch | null = null;

  constructor(codec: Http2Connection, limits: ServerLimits) {
    this.codec = codec;
    this.limits = limits;
  }

  /** Called about once a second. `isBlocked`: the socket is full, which somebody else watches. */
  isTooSlow(now: number, isBlocked: boolean): boolean {
    const { queuedStreams, sentBytes } = this.codec;
    if (queuedStreams === 0 || isBlocked) {
      this.watch?.stop(now);
      return false;
    }
    const { minResponseBytesPerSecond, responseGraceMs } = this.limits;
    this.watch ??= new RateWatch(minResponseBytesPerSecond ?? 0, responseGraceMs, sentBytes);
    return this.watch.isTooSlow(now, sentBytes);
  }
}

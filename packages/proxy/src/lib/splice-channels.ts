import type { Channel, ChannelConsumer } from '@windhover/core';
import type { HttpClient } from '@windhover/http-client';
import { TunnelIdle } from './tunnel-idle.ts';

/** Options of `spliceChannels`. */
export interface SpliceOptions {
  /** Milliseconds without a byte in either direction until both are closed; `null`: never. Default: `null`. */
  readonly idleMs?: number | null;
  /** The timer wheel that measures `idleMs`. Without it there is no limit. */
  readonly wheel?: HttpClient['wheel'];
}

/**
 * Joins two channels: bytes read from one are written to the other, with backpressure. The end of one side is passed on
 * after everything it sent, and the other direction continues. If a channel fails, the other is reset, because a cut
 * tunnel must not look like an orderly end.
 */
export function spliceChannels(first: Channel, second: Channel, options: SpliceOptions = {}): void {
  const { idleMs = null, wheel } = options;
  const idle =
    idleMs === null || wheel === undefined
      ? null
      : new TunnelIdle(wheel, idleMs, () => {
          first.reset();
          second.reset();
        });
  const toSecond = new Pass(first, second, idle);
  const toFirst = new Pass(second, first, idle);
  toSecond.opposite = toFirst;
  toFirst.opposite = toSecond;
  first.attach(toSecond);
  second.attach(toFirst);
}

/** One direction. A channel reports `drain` to its own consumer, which is the pass of the other direction. */
class Pass implements ChannelConsumer {
  opposite!: Pass;
  private readonly source: Channel;
  private readonly target: Channel;
  private readonly idle: TunnelIdle | null;
  private hasEnded = false;
  private isHolding = false;
  private isTargetGone = false;

  constructor(source: Channel, target: Channel, idle: TunnelIdle | null) {
    this.source = source;
    this.target = target;
    this.idle = idle;
  }

  data(chunk: Uint8Array): void {
    if (this.isTargetGone) {
      if (this.source.pendingBytes === 0) this.source.destroy(); // the target's last bytes have left
      return;
    }
    this.idle?.moved();
    if (this.target.write(chunk) || this.isHolding) return;
    this.isHolding = true;
    this.source.pause();
  }

  end(): void {
    this.hasEnded = true;
    this.target.end(); // sends queued bytes first
  }

  drain(): void {
    this.idle?.moved();
    this.opposite.goOn();
  }

  /**
   * After an orderly end of the source, the target still gets its queued bytes, whatever happens to the source later.
   */
  close(): void {
    this.idle?.sideClosed();
    if (!this.hasEnded) this.target.reset();
    this.opposite.targetGone();
  }

  private targetGone(): void {
    this.isTargetGone = true;
    this.goOn();
  }

  private goOn(): void {
    if (!this.isHolding) return;
    this.isHolding = false;
    this.source.resume();
  }
}

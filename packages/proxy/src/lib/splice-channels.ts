import type { Channel, ChannelConsumer } from '@windhover/core';

/** Joins two channels: what one reads the other writes, at the slower one's pace, until either is gone. */
export function spliceChannels(first: Channel, second: Channel): void {
  const toSecond = new Pass(first, second);
  const toFirst = new Pass(second, first);
  toSecond.opposite = toFirst;
  toFirst.opposite = toSecond;
  first.attach(toSecond);
  second.attach(toFirst);
}

/** One direction. A channel tells its own consumer that it has drained, which is the pass of the other direction. */
class Pass implements ChannelConsumer {
  opposite!: Pass;
  private readonly source: Channel;
  private readonly target: Channel;
  private isHolding = false;

  constructor(source: Channel, target: Channel) {
    this.source = source;
    this.target = target;
  }

  data(chunk: Uint8Array): void {
    if (this.target.write(chunk) || this.isHolding) return;
    this.isHolding = true;
    this.source.pause();
  }

  end(): void {
    this.target.end();
  }

  drain(): void {
    this.opposite.goOn();
  }

  close(): void {
    this.target.destroy();
  }

  private goOn(): void {
    if (!this.isHolding) return;
    this.isHolding = false;
    this.source.resume();
  }
}

import type { Connection } from '@windhover/core';
import type { ServerLimits } from './limits.ts';
import type { ReadDeadline } from './read-deadline.ts';

/**
 * The time after our end of a connection: it is read on for a while, and what comes is dropped. Were it closed with input unread, the client would
 * get a reset and never see the answer.
 */
export class Linger {
  private readonly channel: Connection;
  private readonly maxBytes: number | null;
  private readonly deadline: ReadDeadline;
  private bytes = 0;

  constructor(channel: Connection, limits: ServerLimits, deadline: ReadDeadline) {
    this.channel = channel;
    this.maxBytes = limits.maxLingerBytes;
    this.deadline = deadline;
    channel.end();
    deadline.wait('linger');
  }

  /** What is too much stays unread: a reset might overtake the answer that the client is still reading. */
  data(bytes: number): void {
    const wasTooMuch = this.isTooMuch;
    this.bytes += bytes;
    if (!this.isTooMuch) this.deadline.lingerOn();
    else if (!wasTooMuch) this.channel.pause();
  }

  timedOut(): void {
    if (this.channel.pendingBytes === 0) this.channel.destroy();
    else this.deadline.wait('linger'); // the answer has not left; a client that does not take it has its own deadline
  }

  private get isTooMuch(): boolean {
    return this.maxBytes !== null && this.bytes > this.maxBytes;
  }
}

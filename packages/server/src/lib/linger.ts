import type { Connection } from '@windhover/core';
import type { ServerLimits } from './limits.ts';
import type { ReadDeadline } from './read-deadline.ts';

/**
 * Half-closes a connection, reads on for a while, and drops what arrives. If the connection were closed with unread
 * input, the client would get a reset and never see the answer.
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

  /**
   * Bytes beyond the limit stay unread. They do not end the connection, because a reset might overtake the answer that
   * the client is still reading.
   */
  data(bytes: number): void {
    const wasTooMuch = this.isTooMuch;
    this.bytes += bytes;
    if (!this.isTooMuch) this.deadline.lingerOn();
    else if (!wasTooMuch) this.channel.pause();
  }

  timedOut(): void {
    if (this.channel.pendingBytes === 0) this.channel.destroy();
    else this.deadline.wait('linger'); // the answer has not left; the writer has a deadline for it
  }

  private get isTooMuch(): boolean {
    return this.maxBytes !== null && this.bytes > this.maxBytes;
  }
}

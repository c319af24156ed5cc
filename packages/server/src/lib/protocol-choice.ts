import type { ChannelConsumer, Connection } from '@windhover/core';
import type { Deadline } from '@windhover/transport';
import type { Engine, EngineConnection } from './engine.ts';
import { serverError } from './errors.ts';
import { KeptBytes } from './kept-bytes.ts';
import type { Protocol } from './protocol.ts';

/**
 * A connection whose protocol is detected from its first bytes: HTTP/2 without TLS begins with 24 bytes that are not an
 * HTTP/1.1 request.
 */
export class ProtocolChoice implements ChannelConsumer, EngineConnection {
  readonly requestsUnderWay = [];
  readonly channel: Connection;
  readonly protocol = null;
  private readonly engine: Engine;
  private readonly protocols: readonly Protocol[];
  private readonly deadline: Deadline;
  private readonly kept = new KeptBytes();

  /** @param protocols the last one takes every connection that no other matches */
  constructor(channel: Connection, engine: Engine, protocols: readonly Protocol[]) {
    this.channel = channel;
    this.engine = engine;
    this.protocols = protocols;
    this.deadline = engine.wheel.createDeadline(() => channel.destroy());
    const { keepAliveTimeoutMs } = engine.limits;
    if (keepAliveTimeoutMs !== null) this.deadline.set(keepAliveTimeoutMs);
    engine.connections.add(this);
    channel.attach(this);
  }

  data(chunk: Uint8Array): void {
    const { headersTimeoutMs } = this.engine.limits;
    if (this.kept.size === 0 && headersTimeoutMs !== null) this.deadline.set(headersTimeoutMs);
    this.kept.add(new Uint8Array(chunk));
    const bytes = this.kept.take();
    for (const protocol of this.protocols) {
      const isIts = protocol.matches(bytes);
      if (isIts === null) {
        this.kept.add(bytes);
        return;
      }
      if (isIts) {
        this.handOver(protocol, bytes);
        return;
      }
    }
    this.giveToLast(bytes);
  }

  /** The client has half-closed; the channel tells it again to the protocol that takes over. */
  end(): void {
    this.giveToLast(this.kept.take());
  }

  drain(): void {
    // Nothing is written here.
  }

  close(): void {
    this.deadline.dispose();
    this.engine.connections.delete(this);
  }

  /** A client that has already sent bytes is still served. */
  shutdown(): void {
    if (this.kept.size === 0) this.giveToLast(new Uint8Array(0));
  }

  cutEventStreams(): void {
    // There is no answer yet.
  }

  cutOlder(): number {
    return 0;
  }

  abandon(): void {
    this.channel.destroy(serverError('SERVER_SHUTDOWN'));
  }

  private giveToLast(bytes: Uint8Array): void {
    this.handOver(this.protocols.at(-1)!, bytes);
  }

  private handOver(protocol: Protocol, bytes: Uint8Array): void {
    const { channel, engine } = this;
    this.close();
    channel.unread(bytes);
    const served = protocol.serve(channel, engine);
    if (engine.drainIdleMs !== null) served.shutdown();
  }
}

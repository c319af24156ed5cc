import type { Connection, ConnectionInfo } from '@windhover/core';
import { BaseConnection } from './base-connection.ts';
import { nextConnectionId } from './connection-id.ts';

/** With this much pending, `write()` returns false: the high-water mark of a socket. */
const highWaterMark = 16 * 1024;

/**
 * Creates two connected ends in memory. Bytes cross in a microtask, never inside `write()`, as over a network. Bytes
 * that the other end does not read yet count as `pendingBytes`.
 */
export function createMemoryPair(): [Connection, Connection] {
  const first = new MemoryConnection();
  const second = new MemoryConnection();
  first.connectTo(second);
  second.connectTo(first);
  return [first, second];
}

class MemoryConnection extends BaseConnection {
  readonly info: ConnectionInfo = {
    id: nextConnectionId(),
    transport: 'memory',
    remoteAddress: '',
    remotePort: 0,
    localAddress: '',
    localPort: 0,
    tls: null,
  };
  private peer: MemoryConnection | null = null;
  private outgoing: Uint8Array[] = [];
  private outgoingBytes = 0;
  private corked = 0;
  private isReadable = false;
  private isFlushing = false;
  private needsDrain = false;
  private writeState: 'open' | 'ending' | 'ended' = 'open';
  private isGone = false;

  connectTo(peer: MemoryConnection): void {
    this.peer = peer;
  }

  get pendingBytes(): number {
    return this.outgoingBytes;
  }

  write(chunk: string | Uint8Array, given?: boolean): boolean {
    if (this.isGone || this.writeState !== 'open') return false;
    const bytes =
      typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : given === true ? chunk : new Uint8Array(chunk);
    if (bytes.byteLength > 0) {
      this.outgoing.push(bytes);
      this.outgoingBytes += bytes.byteLength;
    }
    this.flush();
    this.needsDrain ||= this.outgoingBytes >= highWaterMark;
    return this.outgoingBytes < highWaterMark;
  }

  cork(): void {
    this.corked += 1;
  }

  uncork(): void {
    if (this.corked > 0) this.corked -= 1;
    this.flush();
  }

  end(): void {
    if (this.writeState !== 'open') return;
    this.writeState = 'ending';
    this.corked = 0;
    this.flush();
  }

  protected startReading(): void {
    this.isReadable = true;
    this.peer?.flush();
  }

  protected stopReading(): void {
    this.isReadable = false;
  }

  protected close(error: Error | undefined, withReset: boolean): void {
    this.isGone = true;
    this.outgoing = [];
    this.outgoingBytes = 0;
    const { peer } = this;
    queueMicrotask(() => {
      this.closed(error);
      peer?.peerClosed(withReset);
    });
  }

  private flush(): void {
    if (this.isFlushing || this.corked > 0) return;
    this.isFlushing = true;
    queueMicrotask(() => {
      this.isFlushing = false;
      this.cross();
    });
  }

  private cross(): void {
    const { peer } = this;
    if (peer === null || this.isGone || this.corked > 0) return;
    if (peer.isGone) {
      if (this.outgoing.length > 0) this.vanish(resetError());
      else if (this.writeState === 'ending') this.vanish();
      return;
    }
    while (peer.isReadable && this.outgoing.length > 0) {
      const chunk = this.outgoing.shift()!;
      this.outgoingBytes -= chunk.byteLength;
      peer.received(new Uint8Array(chunk)); // a copy, so that the two sides share no memory, as over a network
    }
    if (this.outgoing.length > 0) return;
    if (this.needsDrain) {
      this.needsDrain = false;
      this.drained();
    }
    if (this.writeState !== 'ending' || this.outgoing.length > 0 || !peer.isReadable) return;
    this.writeState = 'ended';
    peer.receivedEnd();
    if (peer.writeState !== 'ended') return;
    this.vanish();
    peer.vanish();
  }

  /** As over TCP: a closed peer looks like its end; a reset comes only when we write to it. */
  private peerClosed(withReset: boolean): void {
    if (this.isGone) return;
    if (withReset) this.vanish(resetError());
    else if (this.writeState === 'ended') this.vanish();
    else {
      this.receivedEnd();
      this.flush();
    }
  }

  private vanish(error?: Error): void {
    if (this.isGone) return;
    this.isGone = true;
    queueMicrotask(() => this.closed(error));
  }
}

function resetError(): Error {
  return Object.assign(new Error('The peer closed the connection'), { code: 'ECONNRESET' });
}

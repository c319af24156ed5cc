import type { ConnectionInfo } from '@windhover/core';
import { BaseConnection } from './base-connection.ts';

/** One stream of a connection that carries many, as of HTTP/2. */
export interface TunnelStream {
  /** Sends a copy of as much as the windows allow, and returns how many bytes that were. `isEnd` holds if it was all. */
  write(content: Uint8Array | string, isEnd: boolean): number;
  /** So many received bytes are consumed: the peer may send as many again. */
  credit(bytes: number): void;
  /** Ends the stream in both directions. */
  reset(code: number): void;
}

/** The codes with which a tunnel ends its stream early. */
export interface TunnelResets {
  /** `destroy()`: nobody wants the rest. */
  readonly close: number;
  /** `reset()`: the other side of the tunnel was cut off. */
  readonly cut: number;
}

/**
 * A stream as a connection: what a CONNECT or an extended CONNECT (RFC 8441) has opened. Its owner tells it what the stream
 * brings: `arrived`, `peerEnded`, `writable`, `gone`.
 */
export class StreamTunnel extends BaseConnection {
  readonly info: ConnectionInfo;
  private readonly stream: TunnelStream;
  private readonly resets: TunnelResets;
  /** Bytes that the peer's windows do not take yet. */
  private readonly outgoing: Uint8Array[] = [];
  private outgoingBytes = 0;
  private corks = 0;
  /** Whether `write` has returned false since `drain` was told. */
  private owesDrain = false;
  private writeState: 'open' | 'ending' | 'ended' = 'open';
  private hasPeerEnded = false;
  private isFlowing = false;
  private isGone = false;
  /** Bytes that the consumer has not got yet, so that the peer may not send more in their place. */
  private uncredited = 0;

  constructor(stream: TunnelStream, info: ConnectionInfo, resets: TunnelResets) {
    super();
    this.stream = stream;
    this.info = info;
    this.resets = resets;
  }

  get pendingBytes(): number {
    return this.outgoingBytes;
  }

  write(chunk: string | Uint8Array, given?: boolean): boolean {
    if (this.isGone || this.writeState !== 'open') return false;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
    const mustKeep = this.corks > 0 || this.outgoingBytes > 0 || bytes.byteLength === 0;
    const sent = mustKeep ? 0 : this.stream.write(bytes, false);
    if (sent < bytes.byteLength) {
      const rest = bytes.subarray(sent);
      this.outgoing.push(typeof chunk === 'string' || given === true ? rest : new Uint8Array(rest));
      this.outgoingBytes += rest.byteLength;
    }
    this.owesDrain ||= this.outgoingBytes > 0;
    return this.outgoingBytes === 0;
  }

  cork(): void {
    this.corks += 1;
  }

  uncork(): void {
    if (this.corks > 0) this.corks -= 1;
    if (this.corks > 0 || this.isGone || !this.owesDrain) return;
    if (this.sendKept()) queueMicrotask(() => this.allSent());
  }

  end(): void {
    if (this.isGone || this.writeState !== 'open') return;
    this.writeState = 'ending';
    if (this.outgoingBytes === 0) this.endStream();
  }

  /** For the owner: the stream has brought bytes, which are lent. */
  arrived(bytes: Uint8Array): void {
    const { isFlowing } = this;
    this.received(bytes);
    if (isFlowing && this.isFlowing) this.stream.credit(bytes.byteLength);
    else this.uncredited += bytes.byteLength;
  }

  /** For the owner: the peer sends no more. */
  peerEnded(): void {
    this.hasPeerEnded = true;
    this.receivedEnd();
    if (this.writeState === 'ended') this.gone(undefined);
  }

  /** For the owner: the stream takes more again. */
  writable(): void {
    if (this.corks === 0 && this.sendKept()) this.allSent();
  }

  /** For the owner: the stream, or its connection, is gone. */
  gone(error: Error | undefined): void {
    if (this.isGone) return;
    this.isGone = true;
    queueMicrotask(() => this.closed(error));
  }

  protected startReading(): void {
    this.isFlowing = true;
    if (this.uncredited > 0) this.stream.credit(this.uncredited);
    this.uncredited = 0;
  }

  protected stopReading(): void {
    this.isFlowing = false;
  }

  protected close(error: Error | undefined, withReset: boolean): void {
    this.outgoing.length = 0;
    this.outgoingBytes = 0;
    this.stream.reset(withReset ? this.resets.cut : this.resets.close);
    this.gone(error);
  }

  /** Returns whether everything was sent. */
  private sendKept(): boolean {
    while (this.outgoing.length > 0) {
      const first = this.outgoing[0]!;
      const sent = this.stream.write(first, false);
      this.outgoingBytes -= sent;
      if (sent < first.byteLength) {
        this.outgoing[0] = first.subarray(sent);
        return false;
      }
      this.outgoing.shift();
    }
    return true;
  }

  private allSent(): void {
    if (this.isGone || this.outgoingBytes > 0) return;
    if (this.writeState === 'ending') this.endStream();
    else if (this.owesDrain) {
      this.owesDrain = false;
      this.drained();
    }
  }

  private endStream(): void {
    if (this.writeState === 'ended') return;
    this.writeState = 'ended';
    this.stream.write('', true);
    if (this.hasPeerEnded) this.gone(undefined);
  }
}

import type { ConnectionInfo } from '@windhover/core';
import { type Http2Stream, http2Codes } from '@windhover/http2-codec';
import { BaseConnection } from '@windhover/transport';
import { KeptBytes } from '../kept-bytes.ts';

/** A stream as a connection: what an extended CONNECT (RFC 8441) or a CONNECT has opened. */
export class Http2Tunnel extends BaseConnection {
  readonly info: ConnectionInfo;
  private readonly stream: Http2Stream;
  /** Bytes that the client's windows do not take yet. */
  private readonly outgoing = new KeptBytes();
  private writeState: 'open' | 'ending' | 'ended' = 'open';
  private hasPeerEnded = false;
  private isFlowing = false;
  private isGone = false;
  /** Bytes that the consumer has not got yet, so that the client may not send more in their place. */
  private uncredited = 0;

  constructor(stream: Http2Stream, info: ConnectionInfo) {
    super();
    this.stream = stream;
    this.info = info;
  }

  get pendingBytes(): number {
    return this.outgoing.size;
  }

  write(chunk: string | Uint8Array, given?: boolean): boolean {
    if (this.isGone || this.writeState !== 'open') return false;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
    const admitted = this.outgoing.size > 0 || bytes.byteLength === 0 ? 0 : this.stream.write(bytes, false);
    if (admitted < bytes.byteLength) {
      const rest = bytes.subarray(admitted);
      this.outgoing.add(typeof chunk === 'string' || given === true ? rest : new Uint8Array(rest));
    }
    return this.outgoing.size === 0;
  }

  cork(): void {
    // Frames of one turn are sent together anyway.
  }

  uncork(): void {
    // See cork().
  }

  end(): void {
    if (this.isGone || this.writeState !== 'open') return;
    this.writeState = 'ending';
    if (this.outgoing.size === 0) this.endStream();
  }

  /** The stream has brought bytes. */
  arrived(bytes: Uint8Array): void {
    const { isFlowing } = this;
    this.received(bytes);
    if (isFlowing && this.isFlowing) this.stream.credit(bytes.byteLength);
    else this.uncredited += bytes.byteLength;
  }

  /** The client sends no more. */
  peerEnded(): void {
    this.hasPeerEnded = true;
    this.receivedEnd();
    if (this.writeState === 'ended') this.gone(undefined);
  }

  writable(): void {
    if (this.outgoing.size > 0) {
      const bytes = this.outgoing.take();
      const admitted = this.stream.write(bytes, false);
      if (admitted < bytes.byteLength) {
        this.outgoing.add(bytes.subarray(admitted));
        return;
      }
    }
    if (this.writeState === 'ending') this.endStream();
    else this.drained();
  }

  /** The stream or its connection is gone. */
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
    this.outgoing.take();
    this.stream.reset(withReset ? http2Codes.CONNECT_ERROR : http2Codes.CANCEL);
    this.gone(error);
  }

  private endStream(): void {
    this.writeState = 'ended';
    this.stream.write('', true);
    if (this.hasPeerEnded) this.gone(undefined);
  }
}

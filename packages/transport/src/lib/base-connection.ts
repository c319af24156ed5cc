import type { ChannelConsumer, Connection, ConnectionInfo } from '@windhover/core';
import { ChunkJoiner } from './chunk-joiner.ts';
import { endLoan } from './lent-bytes.ts';
import { reportError } from './report-error.ts';
import { runCallback, whenRejected } from './run-callback.ts';

/** Events that the consumer has not been told of yet, beside unread bytes. */
interface Pending {
  end: boolean;
  drain: boolean;
  closed: boolean;
}

/**
 * The part that every driver shares: the consumer, unread bytes, pauses, and the delivery rules. Calls never nest, come
 * in the order `data* end? close`, and after `destroy()` only `close` comes. Also for code outside of this package that
 * makes a connection of something else, as of a stream of HTTP/2.
 */
export abstract class BaseConnection implements Connection {
  onStopping: (() => void) | null = null;
  private consumer: ChannelConsumer | null = null;
  private backlog: Uint8Array[] = [];
  /** Made when bytes have to wait for the first time. */
  private joiner: ChunkJoiner | null = null;
  private readonly pending: Pending = { end: false, drain: false, closed: false };
  private pauses = 0;
  private isReading = false;
  private isDelivering = false;
  private isScheduled = false;
  private hasEnded = false;
  private isDestroyed = false;
  private isClosed = false;
  private firstError: Error | undefined = undefined;
  private endError: Error | undefined = undefined;
  private closeListeners: ((error?: Error) => void)[] = [];
  /** Whether `data` lends its bytes. The bytes that a driver reads into the consumer's own buffer are not. */
  protected lendsBytes = true;

  abstract readonly info: ConnectionInfo;
  abstract readonly pendingBytes: number;
  abstract write(chunk: string | Uint8Array, given?: boolean): boolean;
  abstract cork(): void;
  abstract uncork(): void;
  abstract end(): void;
  protected abstract startReading(): void;
  protected abstract stopReading(): void;
  protected abstract close(error: Error | undefined, withReset: boolean): void;

  attach(consumer: ChannelConsumer): void {
    this.consumer = consumer;
    this.pauses = 0;
    this.pending.end = this.hasEnded; // a consumer that attaches after the end or the close is still told of it
    this.pending.closed ||= this.isClosed;
    this.schedule();
    this.updateReading();
  }

  unread(bytes: Uint8Array): void {
    if (bytes.byteLength === 0 || this.isDestroyed) return;
    this.backlog.unshift(new Uint8Array(bytes));
    this.schedule();
    this.updateReading();
  }

  pause(): void {
    this.pauses += 1;
    this.updateReading();
  }

  resume(): void {
    if (this.pauses > 0) this.pauses -= 1;
    if (this.pauses > 0) return;
    this.schedule();
    this.updateReading();
  }

  destroy(error?: Error): void {
    this.shut(error, false);
  }

  reset(): void {
    this.shut(undefined, true);
  }

  onClosed(listener: (error?: Error) => void): void {
    this.closeListeners.push(listener);
    if (this.isClosed) queueMicrotask(() => this.tellClose());
  }

  /** For drivers: bytes arrived. They are lent until this returns. */
  protected received(chunk: Uint8Array): void {
    if (this.isDestroyed) return;
    if (this.isDelivering || !this.canDeliver() || this.backlog.length > 0) {
      this.joiner ??= new ChunkJoiner();
      this.joiner.append(this.backlog, chunk);
      return;
    }
    this.deliver('data', chunk);
    this.settle();
  }

  /**
   * For drivers: the peer sends no more. With an error, the end cannot be trusted, and the connection closes with that
   * error instead.
   */
  protected receivedEnd(error?: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.endError = error;
    this.pending.end = true;
    if (!this.isDelivering) this.settle();
  }

  /** For drivers: the written bytes have left. */
  protected drained(): void {
    this.pending.drain = true;
    if (!this.isDelivering) this.settle();
  }

  /** For drivers: the connection has closed. */
  protected closed(error?: Error): void {
    this.isDestroyed = true;
    this.firstError ??= error;
    this.pending.closed = true;
    if (!this.isDelivering) this.settle();
  }

  /**
   * For drivers: gives up the unread bytes to a new reader of the socket. `null` after the end, which is delivered only
   * once.
   */
  protected letGo(): Uint8Array[] | null {
    if (this.hasEnded || this.isDestroyed) return null;
    const unread = this.backlog;
    this.consumer = null;
    this.backlog = [];
    this.pending.drain = false;
    this.isReading = false;
    return unread;
  }

  private shut(error: Error | undefined, withReset: boolean): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.firstError = error;
    this.backlog = [];
    this.close(error, withReset);
  }

  private canDeliver(): boolean {
    return this.consumer !== null && this.pauses === 0;
  }

  /** For calls from outside a delivery: pending events are delivered in a microtask, never inside the call. */
  private schedule(): void {
    if (this.isDelivering || this.isScheduled || !this.hasPending()) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      if (!this.isDelivering) this.settle();
    });
  }

  private hasPending(): boolean {
    const { pending } = this;
    return pending.closed || pending.drain || pending.end || this.backlog.length > 0;
  }

  /** Delivers pending events to the consumer, one call after the other. */
  private settle(): void {
    while (this.hasPending() && this.tellNext());
    this.updateReading();
  }

  /** Makes one call; false when the rest has to wait. */
  private tellNext(): boolean {
    const { pending } = this;
    if (pending.closed) {
      this.tellClose();
      return false;
    }
    if (this.isDestroyed || this.consumer === null) return false;
    if (pending.drain) {
      pending.drain = false;
      this.deliver('drain');
      return true;
    }
    if (this.pauses > 0) return false;
    if (this.backlog.length > 0) {
      this.deliver('data', this.backlog.shift());
    } else {
      pending.end = false;
      if (this.endError === undefined) this.deliver('end');
      else this.destroy(this.endError);
    }
    return true;
  }

  private deliver(call: 'data' | 'end' | 'drain', chunk?: Uint8Array): void {
    const consumer = this.consumer!;
    this.isDelivering = true;
    try {
      const returned: unknown = chunk === undefined ? consumer[call as 'end' | 'drain']() : consumer.data(chunk);
      if (typeof returned === 'object') whenRejected(returned, (error) => this.consumerFailed(error));
    } catch (error) {
      this.consumerFailed(error);
    }
    this.isDelivering = false;
    if (chunk !== undefined && this.lendsBytes) endLoan(chunk);
  }

  private consumerFailed(error: unknown): void {
    reportError(error);
    this.destroy(error instanceof Error ? error : new Error('The consumer failed', { cause: error }));
  }

  private tellClose(): void {
    const { consumer, closeListeners, firstError } = this;
    this.isClosed = true;
    this.consumer = null;
    this.closeListeners = [];
    this.backlog = [];
    this.pending.closed = false;
    if (consumer !== null) closeListeners.unshift((error) => consumer.close(error));
    for (const listener of closeListeners) runCallback(listener, firstError);
  }

  private updateReading(): void {
    if (this.isDelivering || this.isDestroyed) return; // a pause that is undone within the same call costs nothing
    const wanted = this.canDeliver() && this.backlog.length === 0 && !this.hasEnded;
    if (wanted === this.isReading) return;
    this.isReading = wanted;
    if (wanted) this.startReading();
    else this.stopReading();
  }
}

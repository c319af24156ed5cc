import { type ChannelConsumer, type Connection, HttpError } from '@windhover/core';
import { Http2Connection, type Http2Error, type Http2Stream, http2Codes } from '@windhover/http2-codec';
import type { Deadline } from '@windhover/transport';
import type { Engine, EngineConnection } from '../engine.ts';
import { serverError } from '../errors.ts';
import { isWornOut } from '../is-worn-out.ts';
import type { RequestUnderWay } from '../request-under-way.ts';
import { type Cut, ResponseWriter } from '../response-writer.ts';
import { startTunnel } from '../start-tunnel.ts';
import { whenTunnelEnds } from '../when-tunnel-ends.ts';
import type { BatchedWriter } from '../write-batch.ts';
import { Http2Exchange } from './http2-exchange.ts';
import type { Http2ExchangeOwner } from './http2-exchange-owner.ts';
import { refuseRequest } from './refuse-request.ts';
import { StreamEvents } from './stream-events.ts';
import { WindowWatch } from './window-watch.ts';

/** How often exchanges that wait for their client are looked at. */
const checkMs = 1000;

/** Serves one HTTP/2 connection (RFC 9113): many requests at a time, each on a stream of its own. */
export class Http2ServerConnection implements ChannelConsumer, EngineConnection, Http2ExchangeOwner, BatchedWriter {
  readonly channel: Connection;
  readonly engine: Engine;
  readonly protocol = 'HTTP/2';
  private readonly codec: Http2Connection;
  private readonly writer: ResponseWriter;
  private readonly windowWatch: WindowWatch;
  private readonly deadline: Deadline;
  private readonly bornAt: number;
  /** Exchanges that were not answered in the turn of their request. */
  private readonly exchanges = new Set<Http2Exchange>();
  /** Streams that were answered before their request had ended. */
  private readonly unread = new Set<Http2Stream>();
  /** Exchanges whose last bytes were not given to the channel yet. */
  private answers: Http2Exchange[] = [];
  private state: 'open' | 'leaving' | 'closing' | 'closed' = 'open';
  /** Output is collected: while a chunk is read, and at first. */
  private isReceiving = true;
  private isBatched = false;
  private hasUnbatched = false;
  private isPaused = false;
  private isTicking = false;
  private requests = 0;
  private activeAt: number;
  /** Since when a frame is incomplete. */
  private midFrameSince = 0;
  /** When the second step of leaving comes, at the latest. */
  private leaveAt = 0;
  private cutBy: Cut | null = null;

  constructor(channel: Connection, engine: Engine) {
    this.channel = channel;
    this.engine = engine;
    this.bornAt = engine.wheel.now;
    this.activeAt = this.bornAt;
    this.midFrameSince = this.bornAt; // of the preface
    this.writer = new ResponseWriter(channel, engine, (unread) => this.clientTooSlow(unread));
    this.deadline = engine.wheel.createDeadline(() => this.tick());
    this.codec = new Http2Connection({ role: 'server', events: new StreamEvents(this), limits: engine.http2Limits });
    this.windowWatch = new WindowWatch(this.codec, engine.limits);
    engine.connections.add(this);
    channel.attach(this);
    this.deadline.set(checkMs);
    this.isTicking = true;
    this.isReceiving = false;
    this.joinBatch(); // its SETTINGS
  }

  // Events of the channel

  data(chunk: Uint8Array): void {
    if (this.state === 'closing' || this.state === 'closed') return;
    const { codec, engine } = this;
    const { now } = engine.wheel;
    this.activeAt = now;
    this.isReceiving = true;
    codec.receive(chunk, now);
    this.isReceiving = false;
    if (codec.isMidFrame) {
      if (this.midFrameSince === 0) this.midFrameSince = now;
      this.tickSoon();
    } else this.midFrameSince = 0;
    if (this.hasUnbatched) this.joinBatch();
  }

  /** The client has half-closed. It cannot open windows any more, so only what is decided is still sent. */
  end(): void {
    this.cutAll({
      end: 'client-closed',
      error: serverError('SERVER_CLIENT_CLOSED', 'it sent its end'),
      unsentBytes: 0,
    });
    this.closeGracefully();
  }

  drain(): void {
    this.writer.drained();
    if (!this.isPaused) return;
    this.isPaused = false;
    this.channel.resume();
    this.codec.isBlocked = false;
  }

  close(error?: Error): void {
    this.state = 'closed';
    this.deadline.dispose();
    this.engine.connections.delete(this);
    const cut = this.cutBy ?? {
      end: 'client-closed',
      error: serverError('SERVER_CLIENT_CLOSED', error?.message, error),
      unsentBytes: this.channel.pendingBytes,
    };
    for (const exchange of this.answers.splice(0)) exchange.sendFailed(cut);
    this.writer.close(this.cutBy === null && error === undefined ? null : cut);
    this.cutAll(cut);
  }

  // What a server asks

  shutdown(): void {
    if (this.state !== 'open') return;
    this.state = 'leaving';
    this.codec.announceShutdown();
    this.codec.ping(new Uint8Array(8)); // its answer says that every request sent before the announcement is here
    this.leaveAt = this.engine.wheel.now + Math.max(checkMs, this.engine.drainIdleMs ?? 0);
    this.tickSoon();
  }

  get requestsUnderWay(): readonly RequestUnderWay[] {
    return [...this.exchanges].filter(({ state }) => state !== 'done' && state !== 'tunnel').map(underWay);
  }

  abandon(): void {
    const error = serverError('SERVER_SHUTDOWN');
    for (const exchange of [...this.exchanges]) exchange.abandon(error);
    this.codec.goAway();
    this.closeGracefully();
  }

  cutEventStreams(): void {
    const error = serverError('SERVER_SHUTDOWN');
    for (const exchange of [...this.exchanges]) if (exchange.isEventStream) exchange.abandon(error);
  }

  cutOlder(than: number): number {
    const old = [...this.exchanges].filter(({ startedAt, state }) => startedAt < than && state !== 'tunnel');
    for (const exchange of old) exchange.abandon(serverError('SERVER_SHUTDOWN'));
    return old.length;
  }

  // What the streams need

  get isClientHeldBack(): boolean {
    return this.isPaused || this.codec.isPeerHeldBack;
  }

  requestBegun(stream: Http2Stream, isEnd: boolean): void {
    this.requests += 1;
    const { engine } = this;
    if (engine.surplus > 0 || isWornOut(engine.limits, this.requests, this.activeAt - this.bornAt)) this.wearOut();
    if (stream.isHeadTooLarge) {
      const { code, message } = serverError('SERVER_HEADERS_TOO_LARGE');
      this.refuse(stream, 431, code, message);
      return;
    }
    let exchange: Http2Exchange;
    try {
      exchange = new Http2Exchange(this, stream, isEnd, this.activeAt);
    } catch (error) {
      if (!HttpError.is(error)) throw error;
      this.refuse(stream, error.status, error.code, error.message);
      return;
    }
    stream.owner = exchange;
    exchange.begin(this.activeAt);
    if (exchange.state === 'done') return;
    this.exchanges.add(exchange);
    this.tickSoon();
  }

  answered(exchange: Http2Exchange): void {
    this.exchanges.delete(exchange);
    if (exchange.hasSentListeners) this.answers.push(exchange);
    if (!this.isBatched && !this.isReceiving) this.settle();
  }

  forget(exchange: Http2Exchange): void {
    this.exchanges.delete(exchange);
    if (!this.isReceiving) this.settle();
  }

  resetLater(stream: Http2Stream): void {
    this.unread.add(stream);
    this.tickSoon();
  }

  openTunnel(tunnel: Connection, upgrade: (connection: Connection) => void, exchange: Http2Exchange): void {
    const { engine } = this;
    this.exchanges.add(exchange);
    engine.tunnels.set(tunnel, exchange.startedAt);
    whenTunnelEnds(tunnel, exchange, (closed) => {
      engine.forgetTunnel(closed);
      this.forget(exchange);
    });
    startTunnel(tunnel, upgrade, exchange, engine);
  }

  report(status: number, code: string, message: string): void {
    this.engine.onProtocolError({ code, message, status, connection: this.channel.info });
  }

  hasOutput(): void {
    this.hasUnbatched = true;
    if (!this.isReceiving) this.joinBatch();
  }

  output(bytes: Uint8Array): boolean {
    if (this.state === 'closed') return true;
    if (!this.writer.write(bytes, true) && !this.isPaused) {
      this.isPaused = true;
      this.channel.pause(); // a client that takes no answers is asked for no more requests
      this.codec.isBlocked = true;
    }
    return this.channel.pendingBytes === 0;
  }

  flush(): void {
    this.isBatched = false;
    this.codec.flush();
    this.settle();
  }

  /** A violation of the whole connection. */
  codecFailed(error: Http2Error): void {
    this.report(0, error.code, error.message);
    this.cutAll({ end: 'client-closed', error, unsentBytes: 0 });
    this.closeGracefully();
  }

  /** The client opens no more streams. */
  clientLeaves(): void {
    if (this.state === 'open') this.state = 'leaving';
    this.tickSoon();
    if (!this.isReceiving) this.settle();
  }

  /** Every request that the client had sent before it heard of the end has arrived. */
  leaveNow(): void {
    if (this.state !== 'leaving' || (this.engine.drainIdleMs ?? 0) > 0) return;
    this.codec.goAway();
    if (!this.isReceiving) this.settle();
  }

  private joinBatch(): void {
    this.hasUnbatched = false;
    if (this.isBatched) return;
    this.isBatched = true;
    this.engine.writes.add(this);
  }

  /** Reports answers as sent, and closes a connection that has nothing left to do. */
  private settle(): void {
    for (const exchange of this.answers.splice(0)) this.writer.finished(exchange);
    const isIdle = this.exchanges.size === 0 && this.codec.openStreams === 0;
    if (this.state === 'leaving' && this.codec.isGoingAway && isIdle) this.closeGracefully();
  }

  private wearOut(): void {
    if (this.engine.surplus > 0) this.engine.surplus -= 1;
    this.shutdown();
  }

  /** Answers a request that never reached a handler. */
  private refuse(stream: Http2Stream, status: number, code: string, message: string): void {
    this.report(status, code, message);
    refuseRequest(stream, status, message, this.engine.date.valueAt(this.activeAt));
    if (stream.isRemoteOpen) this.resetLater(stream);
  }

  private cutAll(cut: Cut): void {
    for (const exchange of [...this.exchanges]) exchange.streamGone(cut);
    this.exchanges.clear();
  }

  /** Sends what is left, and the end. The client then closes; if it does not, the connection is cut. */
  private closeGracefully(): void {
    if (this.state === 'closing' || this.state === 'closed') return;
    this.state = 'closing';
    this.codec.flush();
    for (const exchange of this.answers.splice(0)) this.writer.finished(exchange);
    this.channel.end();
    if (this.isPaused) this.channel.resume();
    this.deadline.set(this.engine.limits.lingerTimeoutMs);
  }

  private clientTooSlow(unread: number | null): void {
    const error = serverError('SERVER_RESPONSE_TOO_SLOW');
    this.report(0, error.code, error.message);
    this.cutBy ??= { end: 'deadline', error, unsentBytes: this.channel.pendingBytes + (unread ?? 0) };
    this.channel.reset();
  }

  // Time

  private tickSoon(): void {
    if (this.isTicking || this.state === 'closing' || this.state === 'closed') return;
    this.isTicking = true;
    this.deadline.set(checkMs);
  }

  private tick(): void {
    this.isTicking = false;
    if (this.state === 'closed') return;
    if (this.state === 'closing') {
      this.channel.destroy();
      return;
    }
    const { now } = this.engine.wheel;
    const { headersTimeoutMs } = this.engine.limits;
    if (this.midFrameSince > 0 && headersTimeoutMs !== null && now - this.midFrameSince >= headersTimeoutMs) {
      const { code, message } = serverError('SERVER_HEADERS_TIMEOUT');
      this.report(0, code, message);
      this.leaveAtOnce();
      return;
    }
    if (this.windowWatch.isTooSlow(now, this.isPaused)) {
      this.clientTooSlow(null);
      return;
    }
    for (const exchange of [...this.exchanges]) exchange.check(now);
    this.resetUnread();
    if (this.state === 'leaving' && now >= this.leaveAt && !this.codec.isGoingAway) this.codec.goAway();
    this.settle();
    if (this.exchanges.size > 0 || this.midFrameSince > 0 || this.state !== 'open') this.tickSoon();
    else this.waitIdle(now);
  }

  /**
   * RFC 9113 §8.1. Not together with the answer: curl 7.88 forgets an answer whose stream is reset in the same packet.
   */
  private resetUnread(): void {
    if (this.unread.size === 0) return;
    for (const stream of this.unread) stream.reset(http2Codes.NO_ERROR);
    this.unread.clear();
  }

  private waitIdle(now: number): void {
    const { keepAliveTimeoutMs, maxConnectionAgeMs } = this.engine.limits;
    const idleLeft = keepAliveTimeoutMs === null ? Infinity : this.activeAt + keepAliveTimeoutMs - now;
    const ageLeft = maxConnectionAgeMs === null ? Infinity : this.bornAt + maxConnectionAgeMs - now;
    const left = Math.min(idleLeft, ageLeft);
    if (left <= 0) {
      this.shutdown();
    } else if (left !== Infinity) {
      this.deadline.set(left);
    }
  }

  private leaveAtOnce(): void {
    this.codec.goAway(http2Codes.NO_ERROR);
    this.closeGracefully();
  }
}

function underWay({ context, startedAt, state, isRequestRead }: Http2Exchange): RequestUnderWay {
  const before = isRequestRead ? 'handling' : 'receiving';
  return { context, startedAt, stage: state === 'sending' ? 'answering' : before };
}

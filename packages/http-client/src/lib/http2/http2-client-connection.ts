import type { Connection, ConnectionInfo } from '@windhover/core';
import {
  defaultHttp2Limits,
  Http2Connection,
  Http2Error,
  type Http2Events,
  type Http2Stream,
  http2Codes,
  resolveHttp2Limits,
} from '@windhover/http2-codec';
import type { Deadline, TimerWheel } from '@windhover/transport';
import type { CallCarrier } from '../attempt.ts';
import type { CallListener } from '../client-connection.ts';
import type { ClientRequest, ResolvedClientOptions } from '../client-types.ts';
import { Goodbye } from './goodbye.ts';
import { Http2Call, type Http2CallOwner } from './http2-call.ts';
import { PingWatch, type PingWatchOwner } from './ping-watch.ts';

/**
 * Servers end a connection on which too many streams are reset, and the calls of others with it: our own after 200 in half
 * a minute, Varnish after 100 in a minute. Calls that are given up come from clients, who may do so on purpose.
 */
const MAX_RESETS = 50;

const wantsHttp1 = { isPeers: true, http2Code: http2Codes.HTTP_1_1_REQUIRED };

/** Calls at a time on a connection, also where the upstream allows more: RFC 9113 §6.5.2 advises no fewer. */
const MAX_STREAMS = 100;

/**
 * The window of a connection has room for those of all its streams. With a smaller one, clients that do not read their
 * answers would stop those of others.
 */
const limits = resolveHttp2Limits({ connectionWindowBytes: MAX_STREAMS * defaultHttp2Limits.streamWindowBytes });

const pingPayload = new Uint8Array(8);

/** What a connection tells its pool. */
export interface Http2ConnectionOwner {
  readonly origin: { readonly host: string; readonly key: string; readonly tls: unknown };
  readonly options: ResolvedClientOptions;
  readonly wheel: TimerWheel;
  /** How many calls a connection takes before the upstream has said how many it allows. */
  readonly assumedStreams: number;
  /** The upstream has said how many calls at a time it allows on a connection. */
  streamsAllowed(count: number): void;
  /** The most calls at a time on a connection after the upstream has asked for calm; `Infinity` if it has not. */
  readonly calmStreams: number;
  /** The upstream has ended a connection with ENHANCE_YOUR_CALM, which had at most this many calls at a time. */
  calmAsked(calls: number): void;
  /** The silence after which it gets a PING, in milliseconds; `null`: it gets none. */
  readonly pingAfterMs: number | null;
  /** The upstream has ended a connection because of its pings. */
  pingsRefused(): void;
  /** It takes no more calls. */
  gone(connection: Http2ClientConnection): void;
}

/** One HTTP/2 connection to an upstream, with as many calls at a time as the upstream allows. */
export class Http2ClientConnection implements Http2Events, Http2CallOwner, PingWatchOwner, CallCarrier {
  readonly httpVersion = '2.0';
  readonly owner: Http2ConnectionOwner;
  readonly codec: Http2Connection;
  readonly scheme: string;
  calls = 0;
  /** False only while a call is told that the connection was lost before anything came since its request went out. */
  hasAnswered = true;
  /** True only while a call is told that the upstream went away, or is not there any more. */
  hasLeft = false;
  /** The bytes with which it began, see `ClientRequest`. */
  readonly preamble: string | undefined;
  /** Counts what comes, so that calls can tell whether anything came since they began. */
  reads = 0;
  private readonly channel: Connection;
  private readonly open = new Map<CallListener, Http2Call>();
  private readonly idleDeadline: Deadline;
  private readonly pings: PingWatch;
  /** Places that were promised to calls which have not begun. */
  private promised = 0;
  private isClosed = false;
  private isFlushing = false;
  private isPaused = false;
  private isDead = false;
  private isHttp1 = false;
  /** With what the upstream goes away. */
  private goodbye: Goodbye | null = null;
  /** The most calls that it had at a time. */
  private mostCalls = 0;
  private hasSettings = false;
  private resetStreams = 0;
  private settledListeners: (() => void)[] = [];
  private readonly flush = (): void => {
    this.isFlushing = false;
    this.codec.flush();
  };

  constructor(channel: Connection, owner: Http2ConnectionOwner, preamble?: string) {
    this.preamble = preamble;
    this.channel = channel;
    this.owner = owner;
    this.scheme = owner.origin.tls === null ? 'http' : 'https';
    this.idleDeadline = owner.wheel.createDeadline(() => this.retire());
    this.pings = new PingWatch(this);
    this.codec = new Http2Connection({ role: 'client', events: this, limits });
    channel.attach({
      data: (chunk) => this.received(chunk),
      end: () => channel.destroy(),
      drain: () => this.drained(),
      close: (error) => this.closed(error),
    });
    this.watchIdle();
  }

  get info(): ConnectionInfo {
    return this.channel.info;
  }

  /** Whether the upstream takes extended CONNECT (RFC 8441); null until it has announced its settings. */
  get takesUpgrades(): boolean | null {
    return this.hasSettings ? this.codec.takesExtendedConnect : null;
  }

  /** Calls back when the settings of the upstream are known, or when the connection takes no more calls. */
  onceSettled(listener: () => void): void {
    if (this.hasSettings || this.isClosed) listener();
    else this.settledListeners.push(listener);
  }

  /** Promises a place to a call that is about to be sent; returns whether there is one. */
  promise(): boolean {
    if (this.isClosed || this.freeStreams <= this.promised) return false;
    this.promised += 1;
    this.idleDeadline.clear();
    return true;
  }

  send(request: ClientRequest, listener: CallListener): void {
    this.promised -= 1;
    this.calls += 1;
    const call = new Http2Call(this, request, listener);
    this.open.set(listener, call);
    this.mostCalls = Math.max(this.mostCalls, this.open.size);
    let isSent = false;
    try {
      isSent = call.send();
    } finally {
      if (!isSent) this.callOver(call);
    }
    this.pings.sent();
    if (!isSent) throw new Error('The upstream takes no more requests on this connection');
  }

  /** Other calls go on. */
  sendFailed(): void {
    this.watchIdle();
  }

  abort(listener: CallListener, reason: Error): void {
    this.open.get(listener)?.abort(reason);
  }

  releaseBody(listener: CallListener): void {
    this.open.get(listener)?.releaseBody();
  }

  callOver(call: Http2Call): void {
    this.open.delete(call.listener);
    this.watchIdle();
  }

  /** Says goodbye and closes. */
  retire(): void {
    this.leave();
    this.codec.goAway();
    this.codec.flush();
    this.channel.end();
    this.channel.destroy();
  }

  /** Calls fail; tunnels live on. */
  destroy(): void {
    this.leave();
    const reason = new Error('The client was closed');
    for (const call of [...this.open.values()]) if (!call.isTunnel) call.connectionGone(reason);
    if (this.open.size === 0) this.channel.destroy();
  }

  data(stream: Http2Stream, bytes: Uint8Array): void {
    this.pings.answered();
    callOf(stream).receivedData(bytes);
  }

  end(stream: Http2Stream, trailers: readonly string[] | null): void {
    callOf(stream).receivedEnd(trailers);
  }

  head(stream: Http2Stream, isEnd: boolean): void {
    this.pings.answered();
    callOf(stream).receivedHead(isEnd);
  }

  reset(stream: Http2Stream, error: Http2Error): void {
    callOf(stream).streamGone(error);
  }

  writable(stream: Http2Stream): void {
    callOf(stream).writable();
  }

  refused(): void {
    return;
  }

  failed(error: Http2Error): void {
    this.leave();
    this.codec.flush();
    const detail = this.isHttp1 ? 'it answers in HTTP/1.1, which the protocol http1 is for' : error.message;
    for (const call of [...this.open.values()]) call.streamGone(error, detail);
    this.channel.end();
    this.channel.destroy();
  }

  goneAway(_lastStreamId: number, code: number, text: string): void {
    const goodbye = new Goodbye(code, text);
    const isNews = this.goodbye?.code !== code; // it may say so twice
    this.goodbye = goodbye;
    if (isNews && goodbye.tooMany === 'pings') this.owner.pingsRefused();
    if (isNews && goodbye.tooMany === 'calls') this.owner.calmAsked(this.mostCalls);
    this.leave();
    this.watchIdle();
  }

  pong(): void {
    return; // it has been heard of as all that comes
  }

  get wheel(): TimerWheel {
    return this.owner.wheel;
  }

  get pingAfterMs(): number | null {
    return this.owner.pingAfterMs;
  }

  get pingTimeoutMs(): number {
    return this.owner.options.pingTimeoutMs;
  }

  get hasCalls(): boolean {
    return this.open.size > 0;
  }

  get isDeaf(): boolean {
    return this.isPaused;
  }

  ping(): void {
    this.codec.ping(pingPayload);
  }

  dead(): void {
    this.isDead = true;
    this.channel.destroy(new Error(`it has sent nothing, not even the answer to a PING, for ${this.pingTimeoutMs} ms`));
  }

  settingsChanged(): void {
    this.hasSettings = true;
    this.owner.streamsAllowed(this.codec.maxStreams);
    this.settled();
  }

  hasOutput(): void {
    if (this.isFlushing) return;
    this.isFlushing = true;
    queueMicrotask(this.flush);
  }

  output(bytes: Uint8Array): boolean {
    if (!this.channel.write(bytes, true)) {
      this.codec.isBlocked = true;
      // An upstream that takes nothing is asked for nothing: answers to its pings would pile up.
      if (!this.isPaused) this.channel.pause();
      this.isPaused = true;
    }
    return this.channel.pendingBytes === 0;
  }

  private get freeStreams(): number {
    const { codec, owner } = this;
    const most = Math.min(this.hasSettings ? MAX_STREAMS : owner.assumedStreams, owner.calmStreams);
    return Math.min(codec.freeStreams, most - codec.openStreams);
  }

  private received(chunk: Uint8Array): void {
    const { now } = this.owner.wheel;
    this.reads += 1;
    if (this.reads === 1) this.isHttp1 = isAnswerOfHttp1(chunk);
    this.pings.heard(now);
    this.codec.receive(chunk, now);
  }

  private drained(): void {
    if (this.isPaused) {
      this.pings.heard(this.owner.wheel.now);
      this.channel.resume();
    }
    this.isPaused = false;
    this.codec.isBlocked = false;
  }

  private closed(error: Error | undefined): void {
    this.leave();
    this.idleDeadline.dispose();
    this.pings.dispose();
    // RFC 9113 §7: what it has not answered before it leaves so, it wants over HTTP/1.1, as if each stream were reset.
    const { goodbye } = this;
    const wanted = goodbye?.wantsHttp1 === true ? new Http2Error('HTTP2_PEER_RESET', wantsHttp1) : null;
    const cause = goodbye === null ? error : new Error(String(goodbye), { cause: error });
    this.hasLeft = goodbye !== null || this.isDead;
    for (const call of [...this.open.values()]) {
      this.hasAnswered = call.readsBefore !== this.reads;
      if (wanted !== null) call.streamGone(wanted);
      else call.connectionGone(cause);
    }
    this.hasLeft = false;
    this.hasAnswered = true;
  }

  /** No new calls. It closes when those that are open are over. */
  leave(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.owner.gone(this);
    this.settled();
  }

  private settled(): void {
    for (const listener of this.settledListeners.splice(0)) listener();
  }

  resets(): void {
    this.resetStreams += 1;
    if (this.resetStreams >= MAX_RESETS) this.leave();
  }

  private watchIdle(): void {
    if (this.open.size > 0 || this.promised > 0) return;
    if (this.isClosed) this.channel.destroy();
    else this.idleDeadline.set(this.owner.options.idleTimeoutMs);
  }
}

/** Such an answer is complete in its first bytes, or else it is only not named so well. */
function isAnswerOfHttp1(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 7)).toString('latin1') === 'HTTP/1.';
}

function callOf(stream: Http2Stream): Http2Call {
  return stream.owner as Http2Call;
}

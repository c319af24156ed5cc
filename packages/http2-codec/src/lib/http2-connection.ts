import { FrameReader } from './frame-reader.ts';
import { INITIAL_WINDOW, MAX_FRAME_BYTES, MAX_WINDOW, PING, SETTINGS } from './frame-type.ts';
import { http2Codes } from './http2-codes.ts';
import { Http2Core } from './http2-core.ts';
import type { Http2Events } from './http2-events.ts';
import { Http2Stream, type StreamHead } from './http2-stream.ts';
import { initialSettings } from './initial-settings.ts';
import { type Http2Limits, resolveHttp2Limits } from './limits.ts';
import { preface } from './preface.ts';
import { serveQueue } from './send-data.ts';
import { sendRequest } from './send-head.ts';

export interface Http2ConnectionOptions {
  readonly role: 'server' | 'client';
  readonly events: Http2Events;
  /** Default: those of `defaultHttp2Limits`. What `resolveHttp2Limits` returns costs nothing per connection. */
  readonly limits?: Partial<Http2Limits>;
  /** Server: announces extended CONNECT (RFC 8441), as WebSocket over HTTP/2 needs it. Default: true. */
  readonly extendedConnect?: boolean;
}

/** The head of a request that a client sends. */
export interface Http2RequestHead extends StreamHead {
  /** Flat triples `name, value, spelling`; the names in lower case. */
  readonly fields: readonly string[];
}

/** After 2^31 - 1 there is no id for another stream (RFC 9113 §5.1.1). */
const LAST_ID = 0x7fffffff;
/** Without priorities: urgency 3, and taking turns. */
const NO_PRIORITY = 3 | 8;

/**
 * One HTTP/2 connection (RFC 9113), without a socket and without a timer. Its own SETTINGS are in the output when it is
 * made, and `hasOutput` was called.
 */
export class Http2Connection {
  readonly #core: Http2Core;
  readonly #reader: FrameReader;
  #isReceiving = false;

  /** @throws Http2Error if a limit is not valid. */
  constructor(options: Http2ConnectionOptions) {
    const { role, events, limits, extendedConnect = true } = options;
    const isServer = role === 'server';
    this.#core = new Http2Core(isServer, events, resolveHttp2Limits(limits), extendedConnect);
    this.#reader = new FrameReader(this.#core);
    this.#begin();
  }

  /**
   * Takes bytes, which are lent. Events tell of everything complete in them before it returns. `now`: milliseconds of a
   * clock that hardly ever goes back.
   */
  receive(chunk: Uint8Array, now: number): void {
    const core = this.#core;
    if (core.isOver) return;
    core.control.refill(now);
    core.resets.refill(now);
    this.#isReceiving = true;
    try {
      this.#reader.read(chunk);
    } finally {
      this.#isReceiving = false;
    }
    serveQueue(core);
  }

  /** Gives the collected frames to `output`. The owner calls it at the end of its turn, after `hasOutput`. */
  flush(): void {
    this.#core.writer.flush();
  }

  /** While true, `write` sends nothing: the socket is full. When it becomes false, `writable` is called. */
  get isBlocked(): boolean {
    return this.#core.isBlocked;
  }

  set isBlocked(isBlocked: boolean) {
    this.#core.isBlocked = isBlocked;
    if (!isBlocked && !this.#isReceiving) serveQueue(this.#core);
  }

  /** First step of the end: the peer should open no more streams; those that are on their way are still taken. */
  announceShutdown(): void {
    if (!this.#core.isOver && !this.isGoingAway) this.#core.writer.goAway(LAST_ID, http2Codes.NO_ERROR);
  }

  /** Second step: streams after the last one are ignored, so that the peer may retry them elsewhere. */
  goAway(code: number = http2Codes.NO_ERROR): void {
    const core = this.#core;
    if (core.isOver) return;
    if (core.goAwayId < 0) core.goAwayId = core.lastPeerId;
    core.writer.goAway(core.goAwayId, code);
  }

  /** Whether `goAway` was called. */
  get isGoingAway(): boolean {
    return this.#core.goAwayId >= 0;
  }

  /** Sends 8 bytes that the peer returns: see `pong`. */
  ping(payload: Uint8Array): void {
    if (!this.#core.isOver) this.#core.writer.frame(PING, 0, 0, payload);
  }

  /** Streams that have not ended in both directions. */
  get openStreams(): number {
    return this.#core.openStreams;
  }

  /** Streams that wait for the connection: its window, `isBlocked` or their turn. */
  get queuedStreams(): number {
    return this.#core.queue.length;
  }

  /**
   * Whether the peer may hardly send any body, because the owner has not taken what came before: the window of the
   * connection has no room for a whole frame.
   */
  get isPeerHeldBack(): boolean {
    return this.#core.receiveWindow.left < MAX_FRAME_BYTES;
  }

  /** Bytes of bodies that were sent on all streams. */
  get sentBytes(): number {
    return this.#core.sentBytes;
  }

  /** Whether the peer has acknowledged the first SETTINGS. */
  get isSettingsAcknowledged(): boolean {
    return this.#core.isSettingsAcknowledged;
  }

  /** Whether the connection has failed: nothing is read any more, and nothing written but the rest of the output. */
  get isOver(): boolean {
    return this.#core.isOver;
  }

  /** Whether the peer owes the rest of a preface, a header block, or a frame other than DATA. */
  get isMidFrame(): boolean {
    return this.#reader.isMidFrame;
  }

  /** Client: how many more requests may be begun now. */
  get freeStreams(): number {
    const core = this.#core;
    if (core.isOver || core.hasPeerGoneAway || this.isGoingAway || core.lastOwnId + 2 > LAST_ID) return 0;
    return Math.max(0, core.peer.maxConcurrentStreams - core.openStreams);
  }

  /** Client: how many streams at a time the server takes; 100 before its SETTINGS have come. */
  get maxStreams(): number {
    return this.#core.peer.maxConcurrentStreams;
  }

  /** Client: whether the server takes extended CONNECT (RFC 8441 §3). */
  get takesExtendedConnect(): boolean {
    return this.#core.peer.hasExtendedConnect;
  }

  /**
   * Client: begins a request; null if no stream is free.
   *
   * @throws Http2Error for a head that cannot be sent.
   */
  request(head: Http2RequestHead, isEnd: boolean): Http2Stream | null {
    if (this.freeStreams === 0) return null;
    const core = this.#core;
    const id = core.lastOwnId + 2;
    sendRequest(core, id, head, head.fields, isEnd);
    core.lastOwnId = id;
    core.openStreams += 1;
    return openRequest(core, id, head, isEnd);
  }

  #begin(): void {
    const { writer, isServer, limits, hasExtendedConnect } = this.#core;
    if (!isServer) writer.bytes(preface);
    writer.frame(SETTINGS, 0, 0, initialSettings(isServer, limits, hasExtendedConnect));
    const more = limits.connectionWindowBytes - INITIAL_WINDOW;
    if (more > 0) writer.windowUpdate(0, Math.min(more, MAX_WINDOW));
  }
}

function openRequest(core: Http2Core, id: number, head: StreamHead, isEnd: boolean): Http2Stream {
  const stream = new Http2Stream(core, id, head, NO_PRIORITY);
  stream.openForResponse(isEnd);
  core.streams.set(id, stream);
  return stream;
}

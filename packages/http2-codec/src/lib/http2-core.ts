import { Http2Error, type Http2ErrorCode } from './errors.ts';
import { FloodBudget } from './flood-budget.ts';
import { INITIAL_WINDOW } from './frame-type.ts';
import { FrameWriter } from './frame-writer.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { HpackEncoder } from './hpack-encoder.ts';
import type { Http2Events } from './http2-events.ts';
import type { Http2Stream } from './http2-stream.ts';
import type { Http2Limits } from './limits.ts';
import { PeerSettings } from './peer-settings.ts';
import { ReceiveWindow } from './receive-window.ts';
import { RememberedIds } from './remembered-ids.ts';
import { SendQueue } from './send-queue.ts';

/** At least as many streams can be reset at once. */
const LEAST_REMEMBERED = 128;

/** The state of a connection, and what all frames have in common: how streams and the connection end. */
export class Http2Core {
  readonly isServer: boolean;
  readonly events: Http2Events;
  readonly limits: Http2Limits;
  readonly hasExtendedConnect: boolean;
  readonly writer: FrameWriter;
  readonly decoder: HpackDecoder;
  readonly encoder = new HpackEncoder();
  readonly peer: PeerSettings;
  readonly streams = new Map<number, Http2Stream>();
  readonly queue = new SendQueue();
  readonly resets: FloodBudget;
  readonly control: FloodBudget;
  readonly receiveWindow: ReceiveWindow;
  /** The window that streams of the peer begin with. */
  streamWindowBytes: number;
  sendWindow = INITIAL_WINDOW;
  /** The highest id that each side has used. */
  lastPeerId = 0;
  lastOwnId = -1;
  openStreams = 0;
  /** Bytes of bodies that were sent. */
  sentBytes = 0;
  isOver = false;
  isBlocked = false;
  isSettingsAcknowledged = false;
  /** The last id that is still taken, once the second GOAWAY was sent. */
  goAwayId = -1;
  hasPeerGoneAway = false;
  /** PRIORITY_UPDATE for requests that have not come yet. */
  priorities: Map<number, number> | null = null;
  /** The stream that may write now, before those in the queue. */
  current: Http2Stream | null = null;
  /** Streams that we have reset: the peer may have sent frames before it knew. */
  readonly #reset: RememberedIds;

  constructor(isServer: boolean, events: Http2Events, limits: Http2Limits, hasExtendedConnect: boolean) {
    this.isServer = isServer;
    this.events = events;
    this.limits = limits;
    this.hasExtendedConnect = hasExtendedConnect;
    this.writer = new FrameWriter(events);
    this.decoder = new HpackDecoder(limits.headerTableBytes);
    this.peer = new PeerSettings(!isServer);
    this.resets = new FloodBudget(limits.maxResets, limits.resetsPerSecond);
    this.control = new FloodBudget(limits.maxControlFrames, limits.controlFramesPerSecond);
    this.receiveWindow = new ReceiveWindow(limits.connectionWindowBytes, limits.connectionWindowBytes, true);
    // A smaller window than the protocol's holds once the peer has acknowledged it.
    this.streamWindowBytes = Math.max(limits.streamWindowBytes, INITIAL_WINDOW);
    this.#reset = new RememberedIds(Math.max(LEAST_REMEMBERED, Math.min(limits.maxConcurrentStreams * 2, 4096)));
  }

  /** Ends the connection with GOAWAY. */
  fail(code: Http2ErrorCode): void {
    if (this.isOver) return;
    const error = new Http2Error(code);
    this.writer.goAway(this.goAwayId < 0 ? this.lastPeerId : this.goAwayId, error.http2Code); // RFC 9113 §6.8: it never grows
    this.isOver = true;
    this.events.failed(error);
  }

  /** The peer broke a rule on an open stream: it ends with RST_STREAM. */
  failStream(stream: Http2Stream, code: Http2ErrorCode): void {
    const error = new Http2Error(code);
    this.resetStream(stream, error.http2Code);
    this.events.reset(stream, error);
    this.spendReset();
  }

  /** The same on a stream that the owner does not know. */
  refuse(id: number, code: Http2ErrorCode): void {
    const error = new Http2Error(code);
    this.writer.reset(id, error.http2Code);
    this.#reset.add(id);
    this.events.refused(error);
    this.spendReset();
  }

  resetStream(stream: Http2Stream, code: number): void {
    if (this.isOver) {
      this.closeStream(stream);
      return;
    }
    this.writer.reset(stream.id, code);
    this.#reset.add(stream.id);
    this.closeStream(stream);
  }

  /** Whether frames on a closed stream are no violation, because we closed it and the peer may not know yet. */
  isIgnored(id: number): boolean {
    return this.#reset.has(id) || (this.goAwayId >= 0 && this.isPeerId(id) && id > this.goAwayId);
  }

  isPeerId(id: number): boolean {
    return ((id & 1) === 1) === this.isServer;
  }

  /** Whether nobody has opened a stream with this id. */
  isIdle(id: number): boolean {
    return this.isPeerId(id) ? id > this.lastPeerId : id > this.lastOwnId;
  }

  /** Forgets a stream that has ended both ways, and gives back the window that it still holds. */
  closeStream(stream: Http2Stream): void {
    stream.isRemoteOpen = false;
    stream.isLocalOpen = false;
    this.openStreams -= 1;
    this.queue.remove(stream);
    stream.isWaiting = false;
    if (stream.isTabled) this.streams.delete(stream.id);
    if (stream.uncredited > 0) this.creditConnection(stream.uncredited);
    stream.uncredited = 0;
  }

  endLocal(stream: Http2Stream): void {
    stream.isLocalOpen = false;
    if (this.isServer) this.resets.reward(1);
    if (!stream.isRemoteOpen) this.closeStream(stream);
  }

  endRemote(stream: Http2Stream): void {
    stream.isRemoteOpen = false;
    if (!stream.isLocalOpen) this.closeStream(stream);
  }

  credit(stream: Http2Stream, bytes: number): void {
    const credited = Math.min(bytes, stream.uncredited);
    if (credited <= 0) return;
    stream.uncredited -= credited;
    this.creditConnection(credited);
    if (stream.isRemoteOpen && !stream.isDiscarding) this.creditStream(stream, credited);
  }

  creditStream(stream: Http2Stream, bytes: number): void {
    const increment = stream.receiveWindow!.give(bytes);
    if (increment > 0 && !this.isOver) this.writer.windowUpdate(stream.id, increment);
  }

  creditConnection(bytes: number): void {
    const increment = this.receiveWindow.give(bytes);
    if (increment > 0 && !this.isOver) this.writer.windowUpdate(0, increment);
  }

  /** Returns false if the peer has sent too many frames without work, and the connection ends. */
  spendControl(amount: number): boolean {
    if (this.control.spend(amount)) return true;
    this.fail('HTTP2_TOO_MANY_CONTROL_FRAMES');
    return false;
  }

  spendReset(): void {
    if (this.isServer && !this.resets.spend(1)) this.fail('HTTP2_TOO_MANY_RESETS');
  }
}

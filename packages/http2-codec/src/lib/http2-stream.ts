import type { Http2Core } from './http2-core.ts';
import { ReceiveWindow } from './receive-window.ts';
import { mayWrite, sendData } from './send-data.ts';
import { sendResponse, sendTrailers } from './send-head.ts';

/** What a head gives a stream. */
export interface StreamHead {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly protocol: string | null;
}

/** One exchange. Every property is there from the beginning, and no method needs a closure. */
export class Http2Stream {
  /** For the owner: its own object for this exchange. Default: null. */
  owner: unknown = null;
  readonly id: number;
  readonly method: string;
  readonly scheme: string;
  /** `''` if the request has none; it has a `host` field then. */
  readonly authority: string;
  readonly path: string;
  /** The `:protocol` of an extended CONNECT (RFC 8441), else null. */
  readonly protocol: string | null;
  /** Client: the status of the last head; 0 before. */
  status = 0;
  /** Flat triples (name, value, name) of the received head, without pseudo-fields; the parts of a cookie are joined. */
  fields: string[] = [];
  /** The Content-Length of the received head; -1: none. */
  contentLength = -1;
  /** The fields are beyond the limits and were left out; answer with 431. */
  isHeadTooLarge = false;
  /** RFC 9218: 0 is sent first, 7 last. May be set. */
  urgency: number;
  /**
   * Whether it takes turns with others of its urgency. Default: true unless the client sends priorities: a client that
   * sends none must not wait for a long answer to get a short one. May be set.
   */
  isIncremental: boolean;
  /** Whether the peer may still send on it. */
  isRemoteOpen = true;
  /** Whether it may still be written to. */
  isLocalOpen = true;
  /** It waits for the connection: its window, `isBlocked` or its turn. False if its own window is closed. */
  isQueued = false;

  // What follows is for this package only.
  /** @internal */
  readonly core: Http2Core;
  /** @internal */
  sendWindow: number;
  /** @internal */
  receiveWindow: ReceiveWindow | null = null;
  /** @internal Bytes that the owner was given and has not credited. */
  uncredited = 0;
  /** @internal */
  received = 0;
  /** @internal */
  hasFinalHead = false;
  /** @internal */
  hasRemoteHead = false;
  /** @internal The body of the response is empty whatever its Content-Length says. */
  expectsNoBody = false;
  /** @internal */
  informational = 0;
  /** @internal */
  isTabled = false;
  /** @internal */
  isDiscarding = false;
  /** @internal It was not allowed all that it wanted to send. */
  isWaiting = false;

  constructor(core: Http2Core, id: number, head: StreamHead, priority: number) {
    this.core = core;
    this.id = id;
    this.method = head.method;
    this.scheme = head.scheme;
    this.authority = head.authority;
    this.path = head.path;
    this.protocol = head.protocol;
    this.urgency = priority & 7;
    this.isIncremental = (priority & 8) !== 0;
    this.sendWindow = core.peer.initialWindowBytes;
  }

  /** @internal Client: the request was sent, the response is to come. */
  openForResponse(isEnd: boolean): void {
    const { streamWindowBytes } = this.core;
    this.receiveWindow = new ReceiveWindow(streamWindowBytes, streamWindowBytes);
    this.hasFinalHead = true;
    this.isLocalOpen = !isEnd;
    this.isTabled = true;
  }

  /** Whether it has ended in both directions, or was reset. */
  get isClosed(): boolean {
    return !this.isRemoteOpen && !this.isLocalOpen;
  }

  /**
   * Server: sends an interim (1xx) or the final head. Fields of the connection are left out; the name is the first of each
   * triple. A `contentLength` of -1 and a `date` of `''` are not sent.
   *
   * @throws Http2Error for a status or field that cannot be sent; nothing was sent then.
   */
  respond(status: number, fields: readonly string[] | null, isEnd: boolean, contentLength = -1, date = ''): void {
    sendResponse(this.core, this, status, fields, isEnd, contentLength, date);
  }

  /**
   * Sends DATA as far as the windows and `isBlocked` allow; a string is latin1. Returns how many bytes that were; what
   * was sent is copied. If it was not all, `writable` is called later, once. `isEnd` holds if it was all.
   *
   * @throws Http2Error before the head; for an end without content while `writable` is still to come.
   */
  write(content: Uint8Array | string, isEnd: boolean): number {
    return sendData(this.core, this, content, isEnd);
  }

  /** Whether `write` would send something now. If not, `writable` is called later, once. */
  mayWrite(): boolean {
    return mayWrite(this.core, this);
  }

  /**
   * Ends the stream with trailers, after everything was written.
   *
   * @throws Http2Error for a field that cannot be sent, before the head, or while `writable` is still to come; nothing
   *   was sent then.
   */
  trailers(fields: readonly string[]): void {
    sendTrailers(this.core, this, fields);
  }

  /** Ends the stream with RST_STREAM in both directions; nothing is told of it afterwards. */
  reset(code: number): void {
    if (!this.isClosed) this.core.resetStream(this, code);
  }

  /** The owner has consumed that many bytes of the body, so that the peer may send as many again. */
  credit(bytes: number): void {
    this.core.credit(this, bytes);
  }

  /** The owner wants no more of the body: what it has and what arrives is credited to the connection only. */
  discard(): void {
    this.isDiscarding = true;
    this.core.credit(this, this.uncredited);
  }
}

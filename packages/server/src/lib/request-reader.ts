import type { RequestHead, RequestParser } from '@windhover/http-parser';
import type { Engine } from './engine.ts';
import { KeptBytes } from './kept-bytes.ts';

/** Pieces of a body up to this size are joined; a larger piece costs less to deliver separately than to move. */
const maxMovedBytes = 1024;

/** Receives the requests that the reader reads. */
export interface RequestReaderOwner {
  /** Whether the next bytes of a request are wanted now. */
  wantsBytes(): boolean;
  /** `startedAt` is when the first byte of the head arrived, `now` when its last byte did. */
  requestBegun(head: RequestHead, startedAt: number, now: number): void;
  bodyArrived(bytes: Uint8Array): void;
  requestEnded(trailers: readonly string[] | null): void;
  readFailed(error: unknown, input: Uint8Array): void;
  /** Nothing more can be read now. `now` is the time. */
  settled(now: number): void;
}

/** Reads the requests of a connection as far as they are wanted, and keeps the bytes that are not wanted yet. */
export class RequestReader {
  /** Whether the current request was read to its end, or will not be read any further. */
  isRequestRead = true;
  private readonly owner: RequestReaderOwner;
  private readonly engine: Engine;
  /** Set only while a message is under way: connections that wait for one leave their parser to the engine's pool. */
  private parser: RequestParser | null = null;
  private readonly kept: KeptBytes = new KeptBytes();
  isConsuming = false;
  /** Bytes of the current chunk after the head that is being delivered. */
  private bytesBehind = 0;
  /** Requests begun in this turn of the event loop. At the limit, the rest waits for the next turn. */
  private requestsInTurn = 0;
  private isTurnOver = false;
  private turnAt = 0;
  /** Body bytes that are read but not delivered yet: a part of the current chunk. */
  private held: Uint8Array | null = null;
  private heldStart = 0;
  private heldEnd = 0;
  /** Whether the end of the request is read but not delivered yet. */
  private isEndDue = false;
  /** When the first byte of a head arrived that is not complete yet. */
  private headStartedAt: number | null = null;

  constructor(owner: RequestReaderOwner, engine: Engine) {
    this.owner = owner;
    this.engine = engine;
  }

  /** The number of kept bytes. */
  get keptBytes(): number {
    return this.kept.size;
  }

  /** Whether body bytes or the end of the current request are read but not delivered yet. */
  get hasUntold(): boolean {
    return this.held !== null || this.isEndDue;
  }

  /** Whether nothing of the next request has arrived; empty lines before it do not count. */
  get isIdle(): boolean {
    return (this.parser === null || this.parser.isIdle) && this.kept.size === 0;
  }

  /** Whether bytes were received that are not delivered yet. */
  get hasMore(): boolean {
    return this.bytesBehind > 0 || this.kept.size > 0;
  }

  data(chunk: Uint8Array): void {
    if (!this.isTurnOver) this.requestsInTurn = 0;
    if (this.kept.size === 0) {
      this.consume(chunk, false);
    } else {
      this.kept.add(new Uint8Array(chunk));
      this.pump();
    }
  }

  /** Continues with the kept bytes, if they are wanted now. */
  pump(): void {
    if (this.isConsuming) return;
    const mayGoOn = this.kept.size > 0 || !this.isRequestRead; // the end of a body may need no more bytes
    if (mayGoOn && !this.isTurnOver && this.owner.wantsBytes()) this.consume(this.kept.take(), true);
    else this.owner.settled(this.engine.wheel.now);
  }

  /** Removes and returns the kept bytes, in order. */
  takeKept(): Uint8Array {
    return this.kept.take();
  }

  private consume(input: Uint8Array, isOwned: boolean): void {
    this.isConsuming = true;
    const parser = this.parser ?? this.engine.parsers.take();
    this.parser = parser;
    this.turnAt = this.engine.wheel.now;
    try {
      const offset = this.parse(parser, input);
      if (this.held !== null) this.copyHeld();
      if (offset < input.byteLength)
        this.kept.add(isOwned ? input.subarray(offset) : new Uint8Array(input.subarray(offset)));
    } catch (error) {
      this.tellHeld(); // delivers what was read before the fault
      this.owner.readFailed(error, input);
    } finally {
      this.bytesBehind = 0;
      if (this.isRequestRead && parser.isUntouched) {
        this.parser = null;
        this.engine.parsers.giveBack(parser);
      }
      this.isConsuming = false;
    }
    this.owner.settled(this.turnAt);
  }

  /**
   * Reads until there are no more bytes, no more are wanted, or the turn is over. Returns the offset where it stopped.
   */
  private parse(parser: RequestParser, input: Uint8Array): number {
    const { owner } = this;
    let offset = 0;
    if (owner.wantsBytes()) this.tellHeld(); // left over from the previous read
    while (owner.wantsBytes()) {
      if (this.isEndDue) {
        this.tellEnd(parser);
        continue;
      }
      if (offset === input.byteLength && this.isRequestRead) return offset;
      if (this.isRequestRead && this.requestsInTurn >= this.engine.limits.maxRequestsPerTurn) {
        if (offset < input.byteLength) this.endTurn();
        return offset;
      }
      const event = parser.read(input, offset);
      offset = parser.offset;
      if (event === 'body') {
        this.hold(input, parser.bodyStart, parser.bodyEnd);
        continue;
      }
      this.tellHeld();
      if (event === 'need-more') {
        if (this.isRequestRead && !parser.isIdle) this.headStartedAt ??= this.turnAt;
        return offset;
      }
      if (event === 'head') this.begin(parser, input, offset);
      else this.isEndDue = true; // delivered when it is wanted: the reader may pause after the bytes before it
    }
    return offset;
  }

  /**
   * Holds body bytes until everything that arrived with them is read, so that a body of many small chunks is delivered
   * in few pieces. Later pieces are moved down over the framing between them, in the buffer in which they arrived.
   */
  private hold(input: Uint8Array, start: number, end: number): void {
    if (this.held !== null && end - start > maxMovedBytes) this.tellHeld();
    if (this.held === null) {
      this.held = input;
      this.heldStart = start;
      this.heldEnd = end;
      return;
    }
    if (end - start === 1) input[this.heldEnd] = input[start]!;
    else input.copyWithin(this.heldEnd, start, end);
    this.heldEnd += end - start;
  }

  private tellHeld(): void {
    const { held } = this;
    if (held === null) return;
    this.held = null;
    this.owner.bodyArrived(held.subarray(this.heldStart, this.heldEnd));
  }

  /** Copies the held bytes, which the reader does not want yet: the chunk is lent and may soon be overwritten. */
  private copyHeld(): void {
    this.held = new Uint8Array(this.held!.subarray(this.heldStart, this.heldEnd));
    this.heldEnd -= this.heldStart;
    this.heldStart = 0;
  }

  private tellEnd(parser: RequestParser): void {
    this.isEndDue = false;
    this.isRequestRead = true;
    this.owner.requestEnded(parser.trailers);
  }

  private begin(parser: RequestParser, input: Uint8Array, offset: number): void {
    const { head } = parser;
    const startedAt = this.headStartedAt ?? this.turnAt;
    this.headStartedAt = null;
    this.requestsInTurn += 1;
    this.bytesBehind = input.byteLength - offset;
    this.isRequestRead = !hasBody(head);
    if (this.isRequestRead) parser.skipEnd();
    this.owner.requestBegun(head, startedAt, this.turnAt);
  }

  /** Ends the turn, so that other connections are served next. */
  private endTurn(): void {
    this.isTurnOver = true;
    setImmediate(() => {
      this.isTurnOver = false;
      this.requestsInTurn = 0;
      this.pump();
    });
  }
}

/** Whether body bytes follow a head. */
export function hasBody(head: RequestHead): boolean {
  return head.chunked || (head.contentLength !== null && head.contentLength > 0);
}

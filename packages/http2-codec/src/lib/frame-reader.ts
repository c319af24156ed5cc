import { readUint31 } from './frame-head.ts';
import {
  ACK,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  FRAME_HEAD_BYTES,
  HAS_PRIORITY,
  HEADERS,
  MAX_FRAME_BYTES,
  PADDED,
  SETTINGS,
} from './frame-type.ts';
import { HeaderBlock } from './header-block.ts';
import type { Http2Core } from './http2-core.ts';
import type { Http2Stream } from './http2-stream.ts';
import { preface } from './preface.ts';
import { receiveControl } from './receive-control.ts';
import { beginData } from './receive-data.ts';
import { receiveBlock, receiveEnd } from './receive-head.ts';

/** What is expected next. */
const PREFACE = 0;
const FIRST_SETTINGS = 1;
const FRAMES = 2;

const noBytes = new Uint8Array(0);

/** Finds the frames in the bytes of a connection, however they are split, and gives each to the one who takes it. */
export class FrameReader {
  readonly #core: Http2Core;
  #expects: number;
  /** The beginning of a frame that is not complete. */
  #kept = noBytes;
  #keptLength = 0;
  readonly #block = new HeaderBlock();
  // Inside a DATA frame: what is still to come of its body and of its padding.
  #bodyLeft = 0;
  #paddingLeft = 0;
  #dataStream: Http2Stream | null = null;
  #isDataEnd = false;

  constructor(core: Http2Core) {
    this.#core = core;
    this.#expects = core.isServer ? PREFACE : FIRST_SETTINGS;
  }

  /** Whether the peer owes the rest of something other than a body. */
  get isMidFrame(): boolean {
    return this.#expects !== FRAMES || this.#keptLength > 0 || this.#block.id !== 0;
  }

  read(chunk: Uint8Array): void {
    let position = 0;
    while (this.#keptLength > 0 && position < chunk.length && !this.#core.isOver)
      position = this.#complete(chunk, position);
    if (this.#keptLength > 0) return;
    position = this.#consume(chunk, position, chunk.length);
    if (position < chunk.length && !this.#core.isOver) this.#keep(chunk.subarray(position));
  }

  /** Adds what the kept frame needs, and consumes it when it is complete. Returns the position in `chunk`. */
  #complete(chunk: Uint8Array, start: number): number {
    const needed = this.#needed(this.#kept, 0, this.#keptLength);
    const stop = Math.min(chunk.length, start + needed - this.#keptLength);
    if (this.#kept.length < needed) {
      const larger = new Uint8Array(needed);
      larger.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = larger;
    }
    this.#kept.set(chunk.subarray(start, stop), this.#keptLength);
    this.#keptLength += stop - start;
    if (this.#consume(this.#kept, 0, this.#keptLength) > 0) {
      this.#kept = noBytes;
      this.#keptLength = 0;
    }
    return stop;
  }

  #keep(rest: Uint8Array): void {
    this.#kept = new Uint8Array(rest); // not `slice()`, which is a view in a `Buffer`
    this.#keptLength = rest.length;
  }

  /** Takes all complete frames and all bytes of bodies; returns the position after them. */
  #consume(bytes: Uint8Array, start: number, end: number): number {
    let position = start;
    while (!this.#core.isOver) {
      if (this.#bodyLeft + this.#paddingLeft > 0) {
        if (position === end) break;
        position = this.#takeBody(bytes, position, end);
        continue;
      }
      const needed = this.#needed(bytes, position, end - position);
      if (end - position < needed) break;
      this.#takeFrame(bytes, position, position + needed);
      position += needed;
    }
    return position;
  }

  /** How many bytes at least the next step needs, as far as that is known from those available. */
  #needed(bytes: Uint8Array, at: number, available: number): number {
    if (this.#expects === PREFACE) return this.#isPreface(bytes, at, available) ? preface.length : available;
    if (available < FRAME_HEAD_BYTES) return FRAME_HEAD_BYTES;
    const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    if (length > MAX_FRAME_BYTES) return FRAME_HEAD_BYTES;
    if (bytes[at + 3] !== DATA) return FRAME_HEAD_BYTES + length;
    return (bytes[at + 4]! & PADDED) !== 0 && length > 0 ? FRAME_HEAD_BYTES + 1 : FRAME_HEAD_BYTES;
  }

  #isPreface(bytes: Uint8Array, at: number, available: number): boolean {
    const length = Math.min(available, preface.length);
    for (let index = 0; index < length; index++) {
      if (bytes[at + index] === preface[index]) continue;
      this.#core.fail('HTTP2_BAD_PREFACE');
      return false;
    }
    return true;
  }

  #takeFrame(bytes: Uint8Array, at: number, stop: number): void {
    const core = this.#core;
    if (this.#expects === PREFACE) {
      this.#expects = FIRST_SETTINGS;
      return;
    }
    const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    const type = bytes[at + 3]!;
    const flags = bytes[at + 4]!;
    const id = readUint31(bytes, at + 5);
    if (length > MAX_FRAME_BYTES) {
      core.fail('HTTP2_FRAME_TOO_LARGE');
      return;
    }
    if (this.#expects === FIRST_SETTINGS) {
      if (type !== SETTINGS || (flags & ACK) !== 0) {
        core.fail('HTTP2_EXPECTED_SETTINGS');
        return;
      }
      this.#expects = FRAMES;
    }
    if (this.#block.id !== 0 && (type !== CONTINUATION || id !== this.#block.id)) {
      core.fail('HTTP2_EXPECTED_CONTINUATION');
      return;
    }
    const start = at + FRAME_HEAD_BYTES;
    if (type === DATA) this.#beginData(id, flags, length, bytes[start]!);
    else if (type === HEADERS) this.#takeHeaders(bytes, start, stop, id, flags);
    else if (type === CONTINUATION) this.#takeContinuation(bytes.subarray(start, stop), id, flags);
    else receiveControl(core, type, flags, id, bytes, start, stop);
  }

  #beginData(id: number, flags: number, length: number, padding: number): void {
    const isPadded = (flags & PADDED) !== 0;
    if (isPadded && length === 0) {
      this.#core.fail('HTTP2_BAD_FRAME_LENGTH');
      return;
    }
    if (isPadded && padding >= length) {
      this.#core.fail('HTTP2_BAD_PADDING');
      return;
    }
    const bodyBytes = isPadded ? length - 1 - padding : length;
    this.#isDataEnd = (flags & END_STREAM) !== 0;
    this.#bodyLeft = bodyBytes;
    this.#paddingLeft = isPadded ? padding : 0;
    this.#dataStream = beginData(this.#core, id, length, bodyBytes, this.#isDataEnd);
    if (this.#bodyLeft + this.#paddingLeft === 0) this.#endData();
  }

  #takeBody(bytes: Uint8Array, start: number, end: number): number {
    const stop = Math.min(end, start + this.#bodyLeft);
    if (stop > start) {
      this.#bodyLeft -= stop - start;
      const stream = this.#dataStream;
      if (stream?.isRemoteOpen && !stream.isDiscarding) this.#core.events.data(stream, bytes.subarray(start, stop));
    }
    const paddingEnd = Math.min(end, stop + this.#paddingLeft);
    if (this.#bodyLeft === 0) this.#paddingLeft -= paddingEnd - stop;
    if (this.#bodyLeft + this.#paddingLeft === 0) this.#endData();
    return this.#bodyLeft === 0 ? paddingEnd : stop;
  }

  #endData(): void {
    const stream = this.#dataStream;
    this.#dataStream = null;
    if (this.#isDataEnd && stream?.isRemoteOpen) receiveEnd(this.#core, stream, null);
  }

  #takeHeaders(bytes: Uint8Array, at: number, end: number, id: number, flags: number): void {
    const core = this.#core;
    let start = at;
    let stop = end;
    if (id === 0 || core.isPeerId(id) !== core.isServer) {
      core.fail('HTTP2_BAD_STREAM_ID');
      return;
    }
    if ((flags & PADDED) !== 0) {
      if (start === stop) {
        core.fail('HTTP2_BAD_FRAME_LENGTH');
        return;
      }
      stop -= bytes[start++]!;
    }
    if ((flags & HAS_PRIORITY) !== 0) {
      if (end - start < 5) {
        core.fail('HTTP2_BAD_FRAME_LENGTH');
        return;
      }
      if (readUint31(bytes, start) === id) {
        core.fail('HTTP2_BAD_STREAM_ID');
        return;
      }
      start += 5;
    }
    if (stop < start) {
      core.fail('HTTP2_BAD_PADDING');
      return;
    }
    const isEnd = (flags & END_STREAM) !== 0;
    if ((flags & END_HEADERS) !== 0) receiveBlock(core, bytes, start, stop, id, isEnd);
    else this.#block.open(id, isEnd, bytes.subarray(start, stop));
  }

  #takeContinuation(part: Uint8Array, id: number, flags: number): void {
    const core = this.#core;
    const block = this.#block;
    if (block.id === 0) {
      core.fail('HTTP2_UNEXPECTED_CONTINUATION');
      return;
    }
    block.add(part);
    if (block.continuations > core.limits.maxContinuations) {
      core.fail('HTTP2_TOO_MANY_CONTINUATIONS');
      return;
    }
    // Twice the limit is decoded to its end, so that the owner can answer that it is too large.
    if (block.bytes > core.limits.maxHeaderListBytes * 2 + MAX_FRAME_BYTES) {
      core.fail('HTTP2_HEADER_BLOCK_TOO_LARGE');
      return;
    }
    if ((flags & END_HEADERS) === 0) return;
    const { isEnd } = block;
    const whole = block.close();
    receiveBlock(core, whole, 0, whole.length, id, isEnd);
  }
}

import { BUFFER_BYTES, returnBuffer, takeBuffer } from './buffer-pool.ts';
import { writeFrameHead, writeUint32 } from './frame-head.ts';
import {
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  FRAME_HEAD_BYTES,
  GOAWAY,
  HEADERS,
  MAX_FRAME_BYTES,
  RST_STREAM,
  WINDOW_UPDATE,
} from './frame-type.ts';
import type { Http2Events } from './http2-events.ts';
import { writeLatin1 } from './latin1.ts';

const noBytes = new Uint8Array(0);

/** Collects frames in one buffer and hands it out when it is full or the owner asks for it. */
export class FrameWriter {
  readonly #events: Http2Events;
  #buffer: Uint8Array = noBytes;
  #length = 0;
  #isAnnounced = false;

  constructor(events: Http2Events) {
    this.#events = events;
  }

  get hasBytes(): boolean {
    return this.#length > 0;
  }

  flush(): void {
    this.#isAnnounced = false;
    this.#send();
  }

  /** Bytes that are no frame: the preface. */
  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.#length);
    this.commit(this.#length + bytes.length);
  }

  /** A frame whose payload is copied. */
  frame(type: number, flags: number, id: number, payload: Uint8Array): void {
    const target = this.reserve(FRAME_HEAD_BYTES + payload.length);
    const at = writeFrameHead(target, this.#length, payload.length, type, flags, id);
    target.set(payload, at);
    this.commit(at + payload.length);
  }

  reset(id: number, code: number): void {
    this.#number(RST_STREAM, id, code);
  }

  windowUpdate(id: number, bytes: number): void {
    this.#number(WINDOW_UPDATE, id, bytes);
  }

  goAway(lastId: number, code: number): void {
    const target = this.reserve(FRAME_HEAD_BYTES + 8);
    const at = writeFrameHead(target, this.#length, 8, GOAWAY, 0, 0);
    writeUint32(target, at, lastId);
    writeUint32(target, at + 4, code);
    this.commit(at + 8);
  }

  /** A DATA frame with `length` bytes or characters of `content` from `start` on. */
  data(id: number, content: Uint8Array | string, start: number, length: number, isEnd: boolean): void {
    const target = this.reserve(FRAME_HEAD_BYTES + length);
    const at = writeFrameHead(target, this.#length, length, DATA, isEnd ? END_STREAM : 0, id);
    const isWhole = start === 0 && length === content.length;
    if (typeof content === 'string') writeLatin1(target, at, isWhole ? content : content.slice(start, start + length));
    else target.set(isWhole ? content : content.subarray(start, start + length), at);
    this.commit(at + length);
  }

  /** A header block of any length: HEADERS, and CONTINUATION for what does not fit into a frame. */
  headers(id: number, block: Uint8Array, isEnd: boolean): void {
    const first = Math.min(block.length, MAX_FRAME_BYTES);
    const endFlag = isEnd ? END_STREAM : 0;
    this.frame(HEADERS, endFlag | (first === block.length ? END_HEADERS : 0), id, block.subarray(0, first));
    for (let start = first; start < block.length; start += MAX_FRAME_BYTES) {
      const part = block.subarray(start, start + MAX_FRAME_BYTES);
      this.frame(CONTINUATION, start + part.length === block.length ? END_HEADERS : 0, id, part);
    }
  }

  /** The buffer with room for that many bytes at `position`. What is written is there once `commit` is called. */
  reserve(bytes: number): Uint8Array {
    if (this.#length + bytes > BUFFER_BYTES && this.#length > 0) this.#send();
    if (this.#buffer === noBytes) this.#buffer = takeBuffer();
    return this.#buffer;
  }

  get position(): number {
    return this.#length;
  }

  /** The frame is complete, and ends at `position`. */
  commit(position: number): void {
    this.#length = position;
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.#events.hasOutput();
  }

  #number(type: number, id: number, value: number): void {
    const target = this.reserve(FRAME_HEAD_BYTES + 4);
    const at = writeFrameHead(target, this.#length, 4, type, 0, id);
    writeUint32(target, at, value);
    this.commit(at + 4);
  }

  #send(): void {
    const buffer = this.#buffer;
    const length = this.#length;
    if (length === 0) return;
    this.#buffer = noBytes;
    this.#length = 0;
    if (this.#events.output(buffer.subarray(0, length))) returnBuffer(buffer);
  }
}

import { isUtf8 } from 'node:buffer';
import { WebSocketError } from './errors.ts';
import { headerLength, payloadLength } from './frame-header.ts';
import { type ControlOpcode, opcodes } from './opcodes.ts';
import { isAsciiOnly, type Mask, unmask } from './unmask.ts';
import { Utf8Watch } from './utf8-watch.ts';

/** Receives what a `FrameDecoder` has read, in order. */
export interface FrameSink {
  text(text: string): void;
  /** The bytes belong to the receiver. */
  binary(bytes: Buffer): void;
  /** The payload is lent until the call returns. */
  control(opcode: ControlOpcode, payload: Buffer): void;
}

/** How a decoder reads. */
export interface FrameDecoderOptions {
  /** Whose frames are read. Frames of a client are masked, those of a server are not (RFC 6455 §5.1). */
  readonly from: 'client' | 'server';
  /** Of a message, before and after decompression. */
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  /** Decompresses a message; throws a `WebSocketError`. `null` without `permessage-deflate`. */
  readonly inflate: ((bytes: Uint8Array) => Buffer) | null;
}

/** The longest header: two bytes, a length of eight, a key of four. */
const maxHeaderBytes = 14;
const maxControlBytes = 125;
/** Unmasking works on words. */
const controlRoom = 128;
const firstStore = 4096;

/** A small text is unmasked here and never copied again: the string is made from it. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);

const nothing = Buffer.alloc(0);

/**
 * Reads frames (RFC 6455 §5) from chunks of any size, without I/O, and puts messages together. Every message is the
 * same however its bytes are split. The memory of a message grows with the bytes that have come, not with the length
 * that a frame announces. Throws a `WebSocketError` at the first mistake, and must not be used after that.
 */
export class FrameDecoder {
  private readonly sink: FrameSink;
  private readonly options: FrameDecoderOptions;
  private readonly isMasked: boolean;
  /** A header of which only a part has come. */
  private head: Uint8Array | null = null;
  private headLength = 0;
  private readonly mask: Mask = { key: 0, position: 0 };
  private opcode = 0;
  private isFinal = false;
  /** The payload bytes of the current frame that have not come yet; -1 between frames. */
  private missing = -1;
  /** The opcode of the message under way; 0 between messages. */
  private messageOpcode = 0;
  private isCompressed = false;
  private fragments = 0;
  private store = nothing;
  private stored = 0;
  private seen = 0;
  private control: Buffer | null = null;
  private controlLength = 0;
  private utf8: Utf8Watch | null = null;
  private isStopped = false;
  private isPaused = false;

  constructor(options: FrameDecoderOptions, sink: FrameSink) {
    this.options = options;
    this.sink = sink;
    this.isMasked = options.from === 'client';
  }

  /** Reads nothing more, not even the rest of the current chunk: after a close frame everything is ignored. */
  stop(): void {
    this.isStopped = true;
    this.store = nothing;
  }

  /** Makes `read` return after the current message. */
  pause(): void {
    this.isPaused = true;
  }

  /** Reads a chunk, and returns where it has stopped: at its end, unless it was paused. The bytes are lent until the call returns. */
  read(chunk: Uint8Array): number {
    let offset = 0;
    this.isPaused = false;
    while (!this.isStopped && !this.isPaused && offset < chunk.length) {
      offset = this.missing < 0 ? this.readHead(chunk, offset) : this.readPayload(chunk, offset);
    }
    return this.isStopped ? chunk.length : offset;
  }

  /** Reads a header. An empty frame is complete with it. */
  private readHead(chunk: Uint8Array, offset: number): number {
    let end = offset;
    if (this.headLength === 0 && chunk.length - offset >= 2) {
      const length = headerLength(chunk[offset + 1]!);
      this.checkStart(chunk[offset]!, chunk[offset + 1]!);
      if (chunk.length - offset >= length) {
        this.begin(chunk, offset, length);
        return offset + length;
      }
    }
    this.head ??= new Uint8Array(maxHeaderBytes);
    const { head } = this;
    while (end < chunk.length) {
      head[this.headLength++] = chunk[end++]!;
      if (this.headLength < 2) continue;
      if (this.headLength === 2) this.checkStart(head[0]!, head[1]!);
      const length = headerLength(head[1]!);
      if (this.headLength < length) continue;
      this.headLength = 0;
      this.begin(head, 0, length);
      break;
    }
    return end;
  }

  /** Checks the two bytes that every header has. */
  private checkStart(first: number, second: number): void {
    const opcode = first & 0x0f;
    const isControl = opcode >= opcodes.close;
    if ((first & 0x30) !== 0) throw new WebSocketError('WEBSOCKET_RESERVED_BIT');
    const mayBeCompressed = this.options.inflate !== null && (opcode === opcodes.text || opcode === opcodes.binary);
    if ((first & 0x40) !== 0 && !mayBeCompressed) throw new WebSocketError('WEBSOCKET_RESERVED_BIT');
    if (opcode > opcodes.pong || (opcode > opcodes.binary && !isControl))
      throw new WebSocketError('WEBSOCKET_OPCODE_UNKNOWN', String(opcode));
    if (second >= 0x80 !== this.isMasked)
      throw new WebSocketError(this.isMasked ? 'WEBSOCKET_MASK_MISSING' : 'WEBSOCKET_MASK_UNEXPECTED');
    if (isControl) {
      if ((first & 0x80) === 0 || (second & 0x7f) > maxControlBytes)
        throw new WebSocketError('WEBSOCKET_CONTROL_FRAME_INVALID');
    } else if ((opcode === opcodes.continuation) === (this.messageOpcode === 0)) {
      throw new WebSocketError('WEBSOCKET_FRAGMENT_UNEXPECTED');
    }
  }

  private begin(bytes: Uint8Array, at: number, length: number): void {
    const first = bytes[at]!;
    this.opcode = first & 0x0f;
    this.isFinal = (first & 0x80) !== 0;
    this.missing = payloadLength(bytes, at);
    if (this.isMasked) {
      const end = at + length;
      this.mask.key = bytes[end - 4]! | (bytes[end - 3]! << 8) | (bytes[end - 2]! << 16) | (bytes[end - 1]! << 24);
      this.mask.position = 0;
    }
    if (this.opcode >= opcodes.close) this.controlLength = 0;
    else this.beginFragment(first);
    if (this.missing === 0) this.frameEnded();
  }

  private beginFragment(first: number): void {
    const { maxMessageBytes, maxFragments } = this.options;
    if (this.opcode !== opcodes.continuation) {
      this.messageOpcode = this.opcode;
      this.isCompressed = (first & 0x40) !== 0;
      this.fragments = 0;
    }
    this.fragments += 1;
    if (this.fragments > maxFragments) throw new WebSocketError('WEBSOCKET_TOO_MANY_FRAGMENTS', `over ${maxFragments}`);
    if (this.stored + this.missing > maxMessageBytes)
      throw new WebSocketError('WEBSOCKET_MESSAGE_TOO_LARGE', `over ${maxMessageBytes} bytes`);
  }

  private readPayload(chunk: Uint8Array, offset: number): number {
    const end = Math.min(chunk.length, offset + this.missing);
    if (this.opcode >= opcodes.close) {
      this.control ??= Buffer.alloc(controlRoom);
      this.take(chunk, offset, end, this.control, this.controlLength);
      this.controlLength += end - offset;
    } else if (this.isFinal && this.stored === 0 && end - offset === this.missing && !this.isCompressed) {
      this.takeWhole(chunk, offset, end); // the usual case: the whole message is here
      return end;
    } else {
      this.reserve(end - offset);
      const seen = this.take(chunk, offset, end, this.store, this.stored);
      this.seen |= seen;
      const from = this.stored;
      this.stored += end - offset;
      if (this.messageOpcode === opcodes.text && !this.isCompressed) this.checkText(seen, from);
    }
    this.missing -= end - offset;
    if (this.missing === 0) this.frameEnded();
    return end;
  }

  /** Checks the newest bytes of a text. */
  private checkText(seen: number, from: number): void {
    if (isAsciiOnly(seen) && this.utf8?.isComplete !== false) return;
    this.utf8 ??= new Utf8Watch();
    if (!this.utf8.push(this.store.subarray(from, this.stored))) throw new WebSocketError('WEBSOCKET_TEXT_INVALID');
  }

  /** Copies payload bytes to `target`, unmasked if they are masked. */
  private take(chunk: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
    if (this.isMasked) return unmask(chunk, from, to, target, at, this.mask);
    target.set(chunk.subarray(from, to), at);
    return ~0; // not looked at: it may hold anything
  }

  private takeWhole(chunk: Uint8Array, from: number, to: number): void {
    const length = to - from;
    const { sink, messageOpcode } = this;
    const isText = messageOpcode === opcodes.text;
    const target = isText && length <= scratch.length ? scratch : Buffer.allocUnsafeSlow(length);
    const seen = this.take(chunk, from, to, target, 0);
    this.messageEnded();
    this.missing = -1;
    if (!isText) sink.binary(target);
    else if (isAsciiOnly(seen)) sink.text(target.toString('latin1', 0, length));
    else sink.text(toText(target.subarray(0, length)));
  }

  private frameEnded(): void {
    this.missing = -1;
    if (this.opcode >= opcodes.close)
      this.sink.control(this.opcode as ControlOpcode, (this.control ?? nothing).subarray(0, this.controlLength));
    else if (this.isFinal) this.completeMessage();
  }

  private completeMessage(): void {
    const { messageOpcode, isCompressed, sink, seen } = this;
    const isText = messageOpcode === opcodes.text;
    const bytes = this.store.subarray(0, this.stored);
    const isWhole = this.utf8?.isComplete !== false;
    this.messageEnded();
    if (isCompressed) {
      const plain = this.options.inflate!(bytes);
      if (isText) sink.text(toText(plain));
      else sink.binary(plain);
    } else if (!isText) {
      sink.binary(bytes.length > bytes.buffer.byteLength / 2 ? bytes : Buffer.from(bytes));
    } else if (isWhole) {
      sink.text(isAsciiOnly(seen) ? bytes.toString('latin1') : bytes.toString());
    } else {
      throw new WebSocketError('WEBSOCKET_TEXT_INVALID');
    }
  }

  private messageEnded(): void {
    this.messageOpcode = 0;
    this.store = nothing;
    this.stored = 0;
    this.seen = 0;
    this.utf8 = null;
  }

  /** Makes room for more bytes: twice as much each time, at most `maxMessageBytes`. */
  private reserve(bytes: number): void {
    const needed = this.stored + bytes;
    if (needed <= this.store.length) return;
    // The last fragment says how long the message is. Otherwise there may be more.
    const wanted =
      this.isFinal && this.missing === bytes ? needed : Math.max(needed, this.store.length * 2, firstStore);
    const larger = Buffer.allocUnsafeSlow(Math.min(wanted, Math.max(needed, this.options.maxMessageBytes)));
    larger.set(this.store.subarray(0, this.stored));
    this.store = larger;
  }
}

function toText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new WebSocketError('WEBSOCKET_TEXT_INVALID');
  return bytes.toString();
}

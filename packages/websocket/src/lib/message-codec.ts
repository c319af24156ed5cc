import { WebSocketError } from './errors.ts';
import type { DeflateAgreement } from './negotiate-deflate.ts';
import { RawCodec } from './raw-codec.ts';

/** RFC 7692 §7.2.1: the end of every flush, which is left out on the wire. */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** Codecs whose windows are forgotten after each message can be shared by all connections. */
const sharedDeflaters = new Map<string, RawCodec>();
let sharedInflater: RawCodec | null = null;

/** Compresses and decompresses the messages of one connection (RFC 7692). Works at once, so messages keep their order. */
export class MessageCodec {
  /** Messages of equal codecs are equal: the key under which a broadcast encodes once. `null`: each has its own window. */
  readonly sharedKey: string | null;
  private readonly agreement: DeflateAgreement;
  private readonly level: number;
  private readonly maxMessageBytes: number;
  private ownDeflater: RawCodec | null = null;
  private ownInflater: RawCodec | null = null;

  constructor(agreement: DeflateAgreement, level: number, maxMessageBytes: number) {
    this.agreement = agreement;
    this.level = level;
    this.maxMessageBytes = maxMessageBytes;
    this.sharedKey = agreement.keepsOwnContext ? null : `${agreement.ownWindowBits} ${level}`;
  }

  /** Compresses a message that is not empty. */
  deflate(message: Uint8Array): Buffer {
    const { agreement, level, sharedKey } = this;
    let codec = sharedKey === null ? this.ownDeflater : (sharedDeflaters.get(sharedKey) ?? null);
    if (codec === null) {
      codec = RawCodec.deflater(agreement.ownWindowBits, level);
      if (sharedKey === null) this.ownDeflater = codec;
      else sharedDeflaters.set(sharedKey, codec);
    }
    const output = codec.run(message, Number.POSITIVE_INFINITY)!;
    if (sharedKey !== null) codec.reset();
    return output.subarray(0, output.length - tail.length);
  }

  /** Decompresses a message. Throws a `WebSocketError` if it becomes larger than allowed, or is not valid. */
  inflate(message: Uint8Array): Buffer {
    const isOwn = this.agreement.keepsPeerContext;
    let codec = isOwn ? this.ownInflater : sharedInflater;
    if (codec === null) {
      codec = RawCodec.inflater();
      if (isOwn) this.ownInflater = codec;
      else sharedInflater = codec;
    }
    const output = codec.run(Buffer.concat([message, tail]), this.maxMessageBytes);
    if (output !== null && !isOwn) codec.reset();
    if (output !== null) return output;
    const { isBroken } = codec;
    codec.close();
    if (isOwn) this.ownInflater = null;
    else sharedInflater = null;
    if (isBroken) throw new WebSocketError('WEBSOCKET_DEFLATE_INVALID');
    throw new WebSocketError('WEBSOCKET_MESSAGE_TOO_LARGE', `over ${this.maxMessageBytes} bytes, decompressed`);
  }

  /** Releases the windows of this connection. */
  close(): void {
    this.ownDeflater?.close();
    this.ownInflater?.close();
    this.ownDeflater = null;
    this.ownInflater = null;
  }
}

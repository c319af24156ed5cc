import { WebSocketError, type WebSocketErrorCode } from './errors.ts';
import { FrameDecoder, type FrameDecoderOptions, type FrameSink } from './frame-decoder.ts';

/** A frame as somebody would write it down. */
export interface FrameInit {
  /** Default: a text. */
  readonly opcode?: number;
  readonly payload?: string | Uint8Array;
  /** Default: true. */
  readonly isFinal?: boolean;
  /** The three reserved bits. Default: 0. */
  readonly reserved?: number;
  /** Default: true, a frame of a client. */
  readonly isMasked?: boolean;
  /** The bytes that the length takes: 0, 2 or 8. Default: the shortest form. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** Default: that of the payload. */
  readonly length?: number;
}

const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** Encodes a frame, valid or not. Independent of the code under test. */
export function frame(init: FrameInit = {}): Buffer {
  const { opcode = 1, isFinal = true, reserved = 0, isMasked = true } = init;
  const payload = Buffer.from((init.payload ?? '') as string);
  const length = init.length ?? payload.length;
  const lengthBytes = init.lengthBytes ?? (length < 126 ? 0 : length < 65_536 ? 2 : 8);
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!isMasked) return Buffer.concat([head, payload]);
  return Buffer.concat([head, key, payload.map((byte, index) => byte ^ key[index & 3]!)]);
}

/** What a decoder has read: messages and control frames in order, then the code of the failure, if there is one. */
export type Read =
  | string
  | Buffer
  | readonly [opcode: number, payload: string]
  | { readonly failed: WebSocketErrorCode };

/** Decodes chunks and lists what came out. */
export function decode(chunks: readonly Uint8Array[], options: Partial<FrameDecoderOptions> = {}): Read[] {
  const read: Read[] = [];
  const sink: FrameSink = {
    text: (text) => void read.push(text),
    binary: (bytes) => void read.push(bytes),
    control: (opcode, payload) => void read.push([opcode, payload.toString('latin1')]),
  };
  const all = { from: 'client', maxMessageBytes: 1_048_576, maxFragments: 1024, inflate: null, ...options } as const;
  const decoder = new FrameDecoder(all, sink);
  try {
    for (const chunk of chunks) {
      const lent = Buffer.from(chunk);
      decoder.read(lent);
      lent.fill(0xee); // the bytes were lent
    }
  } catch (error) {
    if (!(error instanceof WebSocketError)) throw error;
    read.push({ failed: error.code });
  }
  return read;
}

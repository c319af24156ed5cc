import { isUtf8 } from 'node:buffer';
import type { ChannelConsumer } from '@windhover/core';
import { isSendableCloseCode } from './close-code.ts';
import { WebSocketError } from './errors.ts';
import { FrameDecoder, type FrameDecoderOptions, type FrameSink } from './frame-decoder.ts';
import { type ControlOpcode, opcodes } from './opcodes.ts';

/** Receives what a peer has sent. */
export interface SocketReaderOwner {
  /** Whether the bytes of the peer still count: after its close frame, or a failure, they do not. */
  readonly isReading: boolean;
  /** Bytes have come: all writes until `batchEnded` may leave together. */
  batchBegun(): void;
  /** @param unread bytes that wait until the reader goes on */
  batchEnded(unread: Uint8Array | null): void;
  messageReceived(data: string | Buffer): void;
  pingReceived(payload: Buffer): void;
  pongReceived(payload: Buffer): void;
  /** A close frame without a code has 1005. */
  closeReceived(code: number, reason: string): void;
  fail(error: WebSocketError): void;
  peerEnded(): void;
  channelDrained(): void;
  channelClosed(error: Error | undefined): void;
}

/** Reads the channel of a connection: frames become messages, pings and closes. */
export class SocketReader implements ChannelConsumer, FrameSink {
  private readonly owner: SocketReaderOwner;
  private readonly decoder: FrameDecoder;

  constructor(options: FrameDecoderOptions, owner: SocketReaderOwner) {
    this.owner = owner;
    this.decoder = new FrameDecoder(options, this);
  }

  /** Ignores everything from here on. */
  stop(): void {
    this.decoder.stop();
  }

  /** Leaves the rest of the chunk that is being read unread: a chunk may hold many messages, and compressed ones are large. */
  pause(): void {
    this.decoder.pause();
  }

  data(chunk: Uint8Array): void {
    const { owner } = this;
    if (!owner.isReading) return;
    owner.batchBegun();
    let end = chunk.length;
    try {
      end = this.decoder.read(chunk);
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      owner.fail(error);
    } finally {
      owner.batchEnded(end < chunk.length ? chunk.subarray(end) : null);
    }
  }

  end(): void {
    this.owner.peerEnded();
  }

  drain(): void {
    this.owner.channelDrained();
  }

  close(error?: Error): void {
    this.owner.channelClosed(error);
  }

  text(text: string): void {
    this.owner.messageReceived(text);
  }

  binary(bytes: Buffer): void {
    this.owner.messageReceived(bytes);
  }

  control(opcode: ControlOpcode, payload: Buffer): void {
    if (opcode === opcodes.ping) this.owner.pingReceived(payload);
    else if (opcode === opcodes.pong) this.owner.pongReceived(payload);
    else this.closeFrame(payload);
  }

  private closeFrame(payload: Buffer): void {
    this.stop();
    if (payload.length === 0) {
      this.owner.closeReceived(1005, '');
      return;
    }
    const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
    if (!isSendableCloseCode(code)) throw new WebSocketError('WEBSOCKET_CLOSE_FRAME_INVALID', String(code));
    const reason = payload.subarray(2);
    if (!isUtf8(reason)) throw new WebSocketError('WEBSOCKET_TEXT_INVALID', 'the reason of a close frame');
    this.owner.closeReceived(code, reason.toString());
  }
}

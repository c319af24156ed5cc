import { headerLength, payloadLength } from './frame-header.ts';

/** A frame has begun. */
export type FrameStart = (opcode: number, isFinal: boolean, length: number) => void;

/** Finds the frames in bytes that pass through, without looking at payloads. The bytes are not checked beyond that. */
export class FrameScanner {
  private readonly started: FrameStart;
  private readonly head = new Uint8Array(14);
  private headBytes = 0;
  private missing = 0;

  constructor(started: FrameStart) {
    this.started = started;
  }

  /** Whether the bytes so far end between two frames. */
  get isBetween(): boolean {
    return this.headBytes === 0 && this.missing === 0;
  }

  read(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.missing > 0) {
        const taken = Math.min(this.missing, chunk.length - offset);
        this.missing -= taken;
        offset += taken;
        continue;
      }
      this.head[this.headBytes++] = chunk[offset++]!;
      if (this.headBytes < 2 || this.headBytes < headerLength(this.head[1]!)) continue;
      this.headBytes = 0;
      this.missing = payloadLength(this.head, 0);
      this.started(this.head[0]! & 0x0f, (this.head[0]! & 0x80) !== 0, this.missing);
    }
  }
}

import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib';

/** The members of a zlib stream that are used here: its handle works at once, and keeps its window between calls. */
interface ZlibInternals {
  readonly _handle: {
    writeSync(
      flush: number,
      input: Uint8Array,
      at: number,
      length: number,
      output: Uint8Array,
      to: number,
      room: number,
    ): void;
  } | null;
  readonly _writeState: Uint32Array;
}

const pieceBytes = 16 * 1024;

/** Output that belongs to nobody between two calls. */
const piece = Buffer.allocUnsafeSlow(pieceBytes);

/** A raw deflate stream, in one direction, that works synchronously. */
export class RawCodec {
  private readonly stream: DeflateRaw | InflateRaw;
  private error: Error | null = null;

  constructor(stream: DeflateRaw | InflateRaw) {
    this.stream = stream;
    stream.on('error', (error) => (this.error = error));
  }

  static deflater(windowBits: number, level: number): RawCodec {
    return new RawCodec(createDeflateRaw({ windowBits, level }));
  }

  static inflater(): RawCodec {
    return new RawCodec(createInflateRaw());
  }

  /** Whether the input was not valid. The codec cannot be used any more. */
  get isBroken(): boolean {
    return this.error !== null || this.stream.destroyed;
  }

  /**
   * Processes a whole input and flushes. Returns `null` if the output would be larger than `maxBytes`, or if the input is
   * not valid (then `isBroken`).
   */
  run(input: Uint8Array, maxBytes: number): Buffer | null {
    const stream = this.stream as unknown as ZlibInternals;
    const pieces: Buffer[] = [];
    let total = 0;
    let at = 0;
    for (;;) {
      if (stream._handle === null) return null;
      stream._handle.writeSync(constants.Z_SYNC_FLUSH, input, at, input.length - at, piece, 0, pieceBytes);
      if (this.isBroken) return null;
      const [room, left] = stream._writeState as unknown as [number, number];
      const made = pieceBytes - room;
      total += made;
      at = input.length - left;
      if (total > maxBytes) return null;
      if (room > 0) {
        if (left > 0) this.stream.reset(); // the stream has ended (BFINAL, RFC 7692 §7.2.3.4): the next message begins a new one
        const last = piece.subarray(0, made);
        return pieces.length === 0 ? Buffer.from(last) : Buffer.concat([...pieces, last], total);
      }
      pieces.push(Buffer.from(piece));
    }
  }

  /** Forgets the window. */
  reset(): void {
    this.stream.reset();
  }

  close(): void {
    this.stream.close();
  }
}

let works: boolean | null = null;

/** Whether this Node's zlib has what is used here. Tested once; if not, compression is never agreed on. */
export function canCompress(): boolean {
  works ??= tryOut();
  return works;
}

function tryOut(): boolean {
  try {
    const [deflater, inflater] = [RawCodec.deflater(15, 1), RawCodec.inflater()];
    const sent = Buffer.from('twice twice');
    const isSame = [1, 2].every(() => inflater.run(deflater.run(sent, 1000)!, 1000)!.equals(sent));
    deflater.close();
    inflater.close();
    return isSame;
  } catch {
    return false; // another Node: its streams have other insides
  }
}

import { type FlateError, Gunzip, Gzip, gzipSync, Unzlib, Zlib, zlibSync } from 'fflate';
import type { Codec, Coder, CoderEvents } from './codec.ts';

/** Deflate makes at most 1,032 bytes of one, so a slice makes about 1 MB: a limit on the result is noticed in time. */
const decodedSliceBytes = 1024;
type Level = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** gzip and deflate for runtimes without `node:zlib`. It works on the thread that calls it. */
export const portableCodec: Codec = {
  codings: ['gzip', 'deflate'],
  encodeNow(coding, level, content) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const options = { level: level as Level, mtime: 0 };
    return coding === 'gzip' ? gzipSync(bytes, options) : zlibSync(bytes, options);
  },
  createEncoder(coding, level, events) {
    const options = { level: level as Level, mtime: 0 };
    return new FlateCoder(coding === 'gzip' ? new Gzip(options) : new Zlib(options), events, Number.POSITIVE_INFINITY);
  },
  createDecoder: (coding, events) =>
    new FlateCoder(coding === 'gzip' ? new Gunzip() : new Unzlib(), events, decodedSliceBytes),
};

interface FlateStream {
  ondata: ((chunk: Uint8Array, isLast: boolean) => void) | null;
  push(chunk: Uint8Array, isLast?: boolean): void;
  flush?(sync?: boolean): void;
}

class FlateCoder implements Coder {
  bytesUsed = 0;
  private readonly stream: FlateStream;
  private readonly events: CoderEvents;
  private readonly sliceBytes: number;
  private isClosed = false;

  constructor(stream: unknown, events: CoderEvents, sliceBytes: number) {
    this.stream = stream as FlateStream;
    this.events = events;
    this.sliceBytes = sliceBytes;
    this.stream.ondata = (chunk) => {
      // fflate may still use the memory of a chunk as its window.
      if (!this.isClosed && chunk.byteLength > 0) events.coded(new Uint8Array(chunk));
    };
  }

  write(chunk: Uint8Array): boolean {
    this.bytesUsed += chunk.byteLength;
    this.attempt(() => {
      for (let start = 0; start < chunk.byteLength && !this.isClosed; start += this.sliceBytes)
        this.stream.push(chunk.subarray(start, start + this.sliceBytes));
    });
    return true;
  }

  flush(): void {
    this.attempt(() => this.stream.flush?.(true));
  }

  end(): void {
    this.attempt(() => {
      this.stream.push(new Uint8Array(0), true);
      if (!this.isClosed) this.events.finished();
    });
  }

  pause(): void {
    // Everything comes out inside of `write`.
  }

  resume(): void {
    // See `pause`.
  }

  close(): void {
    this.isClosed = true;
  }

  private attempt(work: () => void): void {
    if (this.isClosed) return;
    try {
      work();
    } catch (error) {
      if (!this.isClosed) this.events.broken(error as FlateError);
    }
  }
}

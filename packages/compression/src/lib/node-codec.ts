import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { Codec, Coder, CoderEvents, Coding } from './codec.ts';

const { constants } = zlib;

/**
 * 256 KiB, so that an encoder takes 0.9 MB instead of the 1.6 MB of the default window (measured); pages and API
 * answers are seldom longer.
 */
const brotliWindowBits = 18;

/** RFC 9659 §3: 8 MB; the 128 MB that zstd accepts by itself would be paid by the server. */
const zstdWindowBits = 23;

type ZlibStream = Transform & { flush(kind: number, done?: () => void): void; readonly bytesWritten: number };

/** The names that `node:zlib` has since Node 22.15; absent before. */
interface Zstd {
  createZstdCompress?(options: object): ZlibStream;
  createZstdDecompress?(options?: object): ZlibStream;
  zstdCompressSync?(content: string | Uint8Array, options: object): Uint8Array;
}
const zstd = zlib as Zstd;
const zstdConstants = constants as unknown as {
  ZSTD_c_compressionLevel: number;
  ZSTD_d_windowLogMax: number;
  ZSTD_e_flush: number;
};

/** The codings of `node:zlib`, which compresses streams in the thread pool. */
export const nodeCodec: Codec = {
  codings: zstd.createZstdCompress === undefined ? ['br', 'gzip', 'deflate'] : ['br', 'zstd', 'gzip', 'deflate'],
  encodeNow(coding, level, content) {
    switch (coding) {
      case 'br':
        return zlib.brotliCompressSync(content, brotliOptions(level));
      case 'zstd':
        return zstd.zstdCompressSync!(content, zstdOptions(level));
      case 'gzip':
        return zlib.gzipSync(content, { level });
      case 'deflate':
        return zlib.deflateSync(content, { level });
    }
  },
  createEncoder: (coding, level, events) => new ZlibCoder(encoder(coding, level), flushKind(coding), events),
  createDecoder: (coding, events) => new ZlibCoder(decoder(coding), flushKind(coding), events),
};

function encoder(coding: Coding, level: number): ZlibStream {
  switch (coding) {
    case 'br':
      return zlib.createBrotliCompress(brotliOptions(level));
    case 'zstd':
      return zstd.createZstdCompress!(zstdOptions(level));
    case 'gzip':
      return zlib.createGzip({ level });
    case 'deflate':
      return zlib.createDeflate({ level });
  }
}

function decoder(coding: Coding): ZlibStream {
  switch (coding) {
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      return zstd.createZstdDecompress!({ params: { [zstdConstants.ZSTD_d_windowLogMax]: zstdWindowBits } });
    case 'gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
  }
}

function flushKind(coding: Coding): number {
  if (coding === 'br') return constants.BROTLI_OPERATION_FLUSH;
  return coding === 'zstd' ? zstdConstants.ZSTD_e_flush : constants.Z_SYNC_FLUSH;
}

function brotliOptions(level: number): zlib.BrotliOptions {
  return {
    params: { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_LGWIN]: brotliWindowBits },
  };
}

function zstdOptions(level: number): object {
  return { params: { [zstdConstants.ZSTD_c_compressionLevel]: level } };
}

class ZlibCoder implements Coder {
  private readonly stream: ZlibStream;
  private readonly flushKind: number;
  private isClosed = false;

  constructor(stream: ZlibStream, flushKind: number, events: CoderEvents) {
    this.stream = stream;
    this.flushKind = flushKind;
    stream.on('data', (chunk: Uint8Array) => {
      if (!this.isClosed) events.coded(chunk);
    });
    stream.on('drain', () => {
      if (!this.isClosed) events.drained();
    });
    stream.on('end', () => {
      if (!this.isClosed) events.finished();
    });
    stream.on('error', (error: Error) => {
      if (!this.isClosed) events.broken(error);
    });
  }

  get bytesUsed(): number {
    return this.stream.bytesWritten;
  }

  write(chunk: Uint8Array): boolean {
    return this.stream.write(chunk);
  }

  flush(): void {
    this.stream.flush(this.flushKind);
  }

  end(): void {
    this.stream.end();
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  close(): void {
    this.isClosed = true;
    this.stream.destroy(); // after the end too: frees what zlib holds outside of the heap now
  }
}

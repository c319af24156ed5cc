/** The content codings that this package knows (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
export type Coding = 'br' | 'zstd' | 'gzip' | 'deflate';

/** Is told what a coder has made of its input. */
export interface CoderEvents {
  /** The chunk is given: the coder does not use its memory again. */
  coded(chunk: Uint8Array): void;
  /** The coder has room again, after a `write` that returned false. */
  drained(): void;
  /** All output has been told. A decoder also finishes, before `end()`, where the coded data ends. */
  finished(): void;
  broken(error: Error): void;
}

/** One compressor or decompressor at work. */
export interface Coder {
  /** Takes a chunk, which must not be changed afterwards. Returning false asks to wait for `drained`. */
  write(chunk: Uint8Array): boolean;
  /** Makes everything written so far come out. */
  flush(): void;
  end(): void;
  pause(): void;
  resume(): void;
  /** Frees the memory. No event follows. */
  close(): void;
  /** How much of the input the coder has used. A decoder does not use what stands behind the coded data. */
  readonly bytesUsed: number;
}

/** What can compress and decompress in a runtime. */
export interface Codec {
  /** The codings that it knows, in the usual order of preference. */
  readonly codings: readonly Coding[];
  /** Compresses a whole body at once, without a coder. */
  encodeNow(coding: Coding, level: number, content: string | Uint8Array): Uint8Array;
  createEncoder(coding: Coding, level: number, events: CoderEvents): Coder;
  createDecoder(coding: Coding, events: CoderEvents): Coder;
}

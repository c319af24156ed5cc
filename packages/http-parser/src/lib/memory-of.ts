/** The memory behind received bytes, for reading one or four bytes at a time. Positions count from its beginning. */
export interface Memory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The position at which the received bytes begin. */
  readonly base: number;
}

interface Chunk extends Memory {
  readonly chunk: Uint8Array;
  readonly buffer: ArrayBufferLike;
}

const nothing = new Uint8Array(0);
let last: Chunk = {
  chunk: nothing,
  buffer: nothing.buffer,
  bytes: nothing,
  view: new DataView(nothing.buffer),
  base: 0,
};

/** The memory that contains `chunk`. A connection usually reads into the same memory again and again. */
export function memoryOf(chunk: Uint8Array): Memory {
  if (last.chunk !== chunk) last = lookUp(chunk);
  return last;
}

/** Getting the buffer of a chunk costs as much as parsing a short head, so it is done once per chunk. */
function lookUp(chunk: Uint8Array): Chunk {
  const { buffer, byteOffset: base } = chunk;
  const isSame = buffer === last.buffer;
  const bytes = isSame ? last.bytes : new Uint8Array(buffer);
  const view = isSame ? last.view : new DataView(buffer);
  return { chunk, buffer, bytes, view, base };
}

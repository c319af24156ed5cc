/** The memory behind received bytes, byte by byte and for reading four at a time; positions count from its beginning. */
export interface Memory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the received bytes begin. */
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

/** The memory that `chunk` lies in. A connection reads into the same memory again and again. */
export function memoryOf(chunk: Uint8Array): Memory {
  if (last.chunk !== chunk) last = lookUp(chunk);
  return last;
}

/** Asking a chunk for its buffer costs as much as reading a short head: it is done once. */
function lookUp(chunk: Uint8Array): Chunk {
  const { buffer, byteOffset: base } = chunk;
  const isSame = buffer === last.buffer;
  const bytes = isSame ? last.bytes : new Uint8Array(buffer);
  const view = isSame ? last.view : new DataView(buffer);
  return { chunk, buffer, bytes, view, base };
}

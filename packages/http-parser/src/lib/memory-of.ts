/** The memory behind received bytes, byte by byte and for reading four at a time; positions count from its beginning. */
export interface Memory {
  readonly buffer: ArrayBufferLike;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

let last: Memory = toMemory(new ArrayBuffer(0));

/** The memory that `bytes` lie in: `bytes[0]` is at `bytes.byteOffset`. A connection reads into the same memory again and again. */
export function memoryOf({ buffer }: Uint8Array): Memory {
  if (last.buffer !== buffer) last = toMemory(buffer);
  return last;
}

function toMemory(buffer: ArrayBufferLike): Memory {
  return { buffer, bytes: new Uint8Array(buffer), view: new DataView(buffer) };
}

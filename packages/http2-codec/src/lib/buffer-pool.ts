export const BUFFER_BYTES = 65_536;
const MAX_BUFFERS = 64;

interface BufferConstructor {
  allocUnsafeSlow?(size: number): Uint8Array;
}

const buffers: Uint8Array[] = [];

// In Node the buffers are `Buffer`s, which its sockets take without a wrapper.
const { allocUnsafeSlow } = (globalThis as { Buffer?: BufferConstructor }).Buffer ?? {};

/** Output buffers that all connections share, so that an idle connection has none. */
export function takeBuffer(): Uint8Array {
  return buffers.pop() ?? allocUnsafeSlow?.(BUFFER_BYTES) ?? new Uint8Array(BUFFER_BYTES);
}

export function returnBuffer(buffer: Uint8Array): void {
  if (buffers.length < MAX_BUFFERS) buffers.push(buffer);
}

import type { FileHandle } from 'node:fs/promises';
import type { ReadBody } from '@windhover/core';
import { staticError } from './errors.ts';

/** Read at once: cheaper than a body that is asked for its one chunk. */
const maxBytesAtOnce = 64 * 1024;

/** Some bytes of an open file as a response body. The file is closed with the body, or here. */
export async function fileBody(handle: FileHandle, start: number, length: number): Promise<Uint8Array | ReadBody> {
  if (length > maxBytesAtOnce) return new FileBody(handle, start, length);
  try {
    return await readExactly(handle, start, length);
  } finally {
    await handle.close();
  }
}

async function readExactly(handle: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) throw staticError('STATIC_READ_FAILED', `it ended at byte ${start + filled}`);
    filled += bytesRead;
  }
  return bytes;
}

/** A part of a file that is read as it is sent. */
class FileBody implements ReadBody {
  readonly length: number;
  private readonly handle: FileHandle;
  private readonly start: number;
  private isClosed = false;

  constructor(handle: FileHandle, start: number, length: number) {
    this.handle = handle;
    this.start = start;
    this.length = length;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    const wanted = Math.min(into.byteLength, this.length - position);
    const { bytesRead } = await this.handle.read(into, 0, wanted, this.start + position);
    return bytesRead;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.handle.close().catch(() => undefined); // nothing was written that could be lost
  }
}

import type { FileHandle } from 'node:fs/promises';
import type { ReadBody } from '@windhover/core';
import { staticError } from './errors.ts';

/** A part of a file that is read while it is sent. Closing the body closes the file. */
export class FileBody implements ReadBody {
  readonly length: number;
  private readonly handle: FileHandle;
  private readonly start: number;
  private readonly isUnchanged: (() => Promise<boolean>) | null;
  private isClosed = false;

  /**
   * @param isUnchanged whether the bytes read belong to the announced version; asked after the last byte was read. If
   *   not, that last read fails, and the message is cut. `null`: no version was announced
   */
  constructor(handle: FileHandle, start: number, length: number, isUnchanged: (() => Promise<boolean>) | null) {
    this.handle = handle;
    this.start = start;
    this.length = length;
    this.isUnchanged = isUnchanged;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    const wanted = Math.min(into.byteLength, this.length - position);
    const { bytesRead } = await this.handle.read(into, 0, wanted, this.start + position);
    if (position + bytesRead === this.length && this.isUnchanged !== null && !(await this.isUnchanged())) {
      throw staticError('STATIC_FILE_CHANGED');
    }
    return bytesRead;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.handle.close().catch(() => undefined); // nothing was written, so nothing can be lost
  }
}

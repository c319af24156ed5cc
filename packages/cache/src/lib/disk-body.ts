import type { FileHandle } from 'node:fs/promises';
import type { ReadBody } from '@windhover/core';
import { BlockReader } from './block-reader.ts';

/** The content of a file, verified block by block while it is sent. */
export class DiskBody implements ReadBody {
  readonly length: number;
  private readonly handle: FileHandle;
  private readonly reader: BlockReader;
  private readonly onFailure: (error: unknown) => void;
  private reads = 0;
  private isClosed = false;

  /** @param onFailure called when a read fails: the message is cut then */
  constructor(handle: FileHandle, checksums: readonly number[], length: number, onFailure: (error: unknown) => void) {
    this.handle = handle;
    this.reader = new BlockReader(handle, checksums);
    this.length = length;
    this.onFailure = onFailure;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    this.reads += 1;
    try {
      return await this.reader.read(into, position, this.length);
    } catch (error) {
      if (!this.isClosed) this.onFailure(error);
      throw error;
    } finally {
      this.reads -= 1;
      this.closeUnused();
    }
  }

  close(): void {
    this.isClosed = true;
    this.closeUnused();
  }

  private closeUnused(): void {
    if (!this.isClosed || this.reads > 0) return;
    void this.handle.close().catch(() => undefined); // nothing was written, so nothing is lost
  }
}

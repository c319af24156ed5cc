import type { ReadBody } from '@windhover/core';
import { staticError } from './errors.ts';
import type { OpenFile } from './file-source.ts';

/** A part of a file that is read while it is sent. Closing the body closes the file. */
export class FileBody implements ReadBody {
  readonly length: number;
  private readonly file: Pick<OpenFile, 'read' | 'close'>;
  private readonly start: number;
  private readonly isUnchanged: (() => Promise<boolean>) | null;
  private isClosed = false;

  /**
   * @param isUnchanged whether the bytes read belong to the announced version; asked after the last byte was read. If
   *   not, that last read fails, and the message is cut. `null`: no version was announced
   */
  constructor(
    file: Pick<OpenFile, 'read' | 'close'>,
    start: number,
    length: number,
    isUnchanged: (() => Promise<boolean>) | null,
  ) {
    this.file = file;
    this.start = start;
    this.length = length;
    this.isUnchanged = isUnchanged;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    const wanted = into.subarray(0, Math.max(0, this.length - position));
    const bytesRead = await this.file.read(wanted, this.start + position);
    if (position + bytesRead === this.length && this.isUnchanged !== null && !(await this.isUnchanged())) {
      throw staticError('STATIC_FILE_CHANGED');
    }
    return bytesRead;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    closeQuietly(this.file);
  }
}

/** Closes a file without waiting. Nothing was written, so a failure loses nothing. */
export function closeQuietly(file: Pick<OpenFile, 'close'>): void {
  void Promise.resolve(file.close()).catch(() => undefined);
}

import { crc32 } from 'node:zlib';
import { blockBytes } from './entry-file.ts';
import { cacheError } from './errors.ts';

/** The part of a file handle that is needed for reading. */
export interface ReadableFile {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/** Reads the content of a file in whole blocks, and verifies each before any byte of it is given away. */
export class BlockReader {
  private readonly file: ReadableFile;
  private readonly checksums: readonly number[];
  /** The block that was read for a smaller part of it; reads usually go on in the same one. */
  private block: Uint8Array | null = null;
  private blockIndex = -1;

  /** @param checksums may grow while the content is still being written */
  constructor(file: ReadableFile, checksums: readonly number[]) {
    this.file = file;
    this.checksums = checksums;
  }

  /**
   * Reads from `position` on; resolves to how many bytes, 0 at the end. Throws `CACHE_ENTRY_DAMAGED`.
   *
   * @param length how many bytes the content has; only the last block may be shorter than the others
   */
  async read(into: Uint8Array, position: number, length: number): Promise<number> {
    const wanted = Math.min(into.byteLength, length - position);
    if (wanted <= 0) return 0;
    const inBlock = position % blockBytes;
    const isToEnd = position + wanted === length;
    const whole = isToEnd ? wanted : wanted - (wanted % blockBytes);
    if (inBlock === 0 && whole > 0) {
      await this.fill(into.subarray(0, whole), position);
      return whole;
    }
    const start = position - inBlock;
    const block = await this.load(start, Math.min(blockBytes, length - start));
    const part = block.subarray(inBlock, inBlock + wanted);
    into.set(part);
    return part.byteLength;
  }

  private async load(start: number, length: number): Promise<Uint8Array> {
    const index = start / blockBytes;
    if (this.blockIndex === index && this.block?.byteLength === length) return this.block;
    const block = new Uint8Array(length);
    await this.fill(block, start);
    this.block = block;
    this.blockIndex = index;
    return block;
  }

  private async fill(into: Uint8Array, position: number): Promise<void> {
    for (let filled = 0; filled < into.byteLength; ) {
      const { bytesRead } = await this.file.read(into, filled, into.byteLength - filled, position + filled);
      if (bytesRead === 0) throw cacheError('CACHE_ENTRY_DAMAGED', 'the file is too short');
      filled += bytesRead;
    }
    for (let start = 0; start < into.byteLength; start += blockBytes) {
      const index = (position + start) / blockBytes;
      if (crc32(into.subarray(start, start + blockBytes)) !== this.checksums[index])
        throw cacheError('CACHE_ENTRY_DAMAGED', `block ${index} has another checksum`);
    }
  }
}

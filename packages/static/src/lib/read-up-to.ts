import type { FileHandle } from 'node:fs/promises';

/** The methods of an open file that are needed here. */
export type ReadableFile = Pick<FileHandle, 'read' | 'stat'>;

/** Fills `into` from `position` of a file, and returns the filled part: shorter if the file ends. */
export async function readUpTo(handle: ReadableFile, into: Uint8Array, position: number): Promise<Uint8Array> {
  let filled = 0;
  while (filled < into.byteLength) {
    const { bytesRead } = await handle.read(into, filled, into.byteLength - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return into.subarray(0, filled);
}

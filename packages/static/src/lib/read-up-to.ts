import type { OpenFile } from './file-source.ts';

/** The methods of an open file that are needed here. */
export type ReadableFile = Pick<OpenFile, 'read' | 'look'>;

/** Fills `into` from `position` of a file, and returns the filled part: shorter if the file ends. */
export async function readUpTo(file: Pick<OpenFile, 'read'>, into: Uint8Array, position: number): Promise<Uint8Array> {
  let filled = 0;
  while (filled < into.byteLength) {
    const read = await file.read(filled === 0 ? into : into.subarray(filled), position + filled);
    if (read === 0) break;
    filled += read;
  }
  return into.subarray(0, filled);
}

import { crc32 } from 'node:zlib';
import type { CacheMeta } from './cache-entry.ts';
import { isStoredMeta } from './is-stored-meta.ts';
import { shareNames } from './stored-fields.ts';

/** Each part of this size has a checksum of its own, so that a part of a large content can be verified and sent. */
export const blockBytes = 64 * 1024;

/** How many bytes the end of a file has that says how long the rest is. */
export const footerBytes = 32;

const magic = Buffer.from('WHCACHE1');

/** What stands behind the content in the file of an answer. */
export interface Trailer {
  readonly meta: CacheMeta;
  /** The CRC-32 of each block of the content. */
  readonly checksums: readonly number[];
}

/** Where content and trailer of a file are. */
export interface FileLayout {
  readonly contentBytes: number;
  readonly trailerBytes: number;
}

/** Returns the bytes behind the content: checksums, description, footer. `meta.length` must be known. */
export function formatTrailer({ meta, checksums }: Trailer): Buffer {
  const table = Buffer.alloc(checksums.length * 4);
  for (const [index, checksum] of checksums.entries()) table.writeUInt32LE(checksum, index * 4);
  const description = Buffer.from(JSON.stringify(meta));
  const footer = Buffer.alloc(footerBytes);
  magic.copy(footer);
  footer.writeUInt32LE(table.byteLength, 8);
  footer.writeUInt32LE(description.byteLength, 12);
  footer.writeDoubleLE(meta.length!, 16);
  const trailer = Buffer.concat([table, description, footer]);
  trailer.writeUInt32LE(crc32(trailer.subarray(0, -8)), trailer.byteLength - 8);
  return trailer;
}

/** Reads the last `footerBytes` bytes of a file; `null` if it is not the whole file of an answer. */
export function readLayout(footer: Buffer, fileBytes: number): FileLayout | null {
  if (footer.byteLength !== footerBytes || !footer.subarray(0, magic.byteLength).equals(magic)) return null;
  const contentBytes = footer.readDoubleLE(16);
  const trailerBytes = footer.readUInt32LE(8) + footer.readUInt32LE(12) + footerBytes;
  return contentBytes + trailerBytes === fileBytes ? { contentBytes, trailerBytes } : null;
}

/** Reads what `formatTrailer` has written; `null` if it is damaged, or not the description of an answer. */
export function readTrailer(trailer: Buffer): Trailer | null {
  const end = trailer.byteLength - footerBytes;
  if (end < 0 || crc32(trailer.subarray(0, -8)) !== trailer.readUInt32LE(trailer.byteLength - 8)) return null;
  const tableBytes = trailer.readUInt32LE(end + 8);
  const meta = parsed(trailer.toString('utf8', tableBytes, end));
  if (!isStoredMeta(meta)) return null;
  const checksums: number[] = [];
  for (let offset = 0; offset < tableBytes; offset += 4) checksums.push(trailer.readUInt32LE(offset));
  return { meta: { ...meta, fields: shareNames(meta.fields) }, checksums };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null; // somebody else has written there
    throw error;
  }
}

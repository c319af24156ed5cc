import { staticError } from './errors.ts';
import type { OpenFile } from './file-source.ts';
import { readUpTo } from './read-up-to.ts';

/** A file of an archive, as its directory describes it (APPNOTE 4.3.12). */
export interface ZipRecord {
  readonly path: string;
  /** 0: stored; 8: deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its local header stands in the archive. */
  readonly headerAt: number;
}

/** A million files have a directory of about this size. */
const maxDirectoryBytes = 128 * 1024 * 1024;
const endBytes = 22;
const maxCommentBytes = 0xffff;
const endSignature = 0x06054b50;
const recordSignature = 0x02014b50;
const localSignature = 0x04034b50;
const recordBytes = 46;
const localBytes = 30;

/** Reads the directory of a ZIP archive. Folders, encrypted files and unknown methods are left out. */
export async function zipDirectory(archive: OpenFile): Promise<ZipRecord[]> {
  const { size } = archive.facts;
  const tailAt = Math.max(0, size - endBytes - maxCommentBytes);
  const tail = view(await readUpTo(archive, new Uint8Array(size - tailAt), tailAt));
  const end = findEnd(tail);
  const count = tail.getUint16(end + 10, true);
  const bytes = tail.getUint32(end + 12, true);
  const start = tail.getUint32(end + 16, true);
  if (start === 0xffffffff || count === 0xffff) throw bad('ZIP64 is not supported');
  if (bytes > maxDirectoryBytes || start + bytes > size) throw bad('its directory does not fit');
  const directory = await readUpTo(archive, new Uint8Array(bytes), start);
  return records(directory, count);
}

/** Where the content of a file begins in its archive: after the local header, whose length the directory does not tell. */
export async function contentStart(archive: OpenFile, { headerAt, packedSize }: ZipRecord): Promise<number> {
  const header = view(await readUpTo(archive, new Uint8Array(localBytes), headerAt));
  if (header.byteLength < localBytes || header.getUint32(0, true) !== localSignature) throw bad('a file has no header');
  const start = headerAt + localBytes + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + packedSize > archive.facts.size) throw bad('a file does not fit');
  return start;
}

function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - endBytes; at >= 0; at--) {
    if (tail.getUint32(at, true) === endSignature && at + endBytes + tail.getUint16(at + 20, true) === tail.byteLength)
      return at;
  }
  throw bad('it has no directory');
}

function records(directory: Uint8Array, count: number): ZipRecord[] {
  const data = view(directory);
  const found: ZipRecord[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + recordBytes > data.byteLength || data.getUint32(at, true) !== recordSignature)
      throw bad('its directory is cut');
    const nameBytes = data.getUint16(at + 28, true);
    const flags = data.getUint16(at + 8, true);
    const method = data.getUint16(at + 10, true);
    const name = directory.subarray(at + recordBytes, at + recordBytes + nameBytes);
    const path = decodeName(name, (flags & 0x800) !== 0);
    const isReadable = (flags & 1) === 0 && (method === 0 || method === 8) && !path.endsWith('/');
    if (isReadable) {
      const crc = data.getUint32(at + 16, true);
      const [packedSize, size] = [data.getUint32(at + 20, true), data.getUint32(at + 24, true)];
      found.push({ path, method, crc, packedSize, size, headerAt: data.getUint32(at + 42, true) });
    }
    at += recordBytes + nameBytes + data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
  }
  return found;
}

/** Without the UTF-8 flag a name is in an unknown code page, of which all agree on ASCII only. */
function decodeName(bytes: Uint8Array, isUtf8: boolean): string {
  return new TextDecoder(isUtf8 ? 'utf-8' : 'latin1').decode(bytes);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The error of an archive that cannot be read. */
export function bad(detail: string): Error {
  return staticError('STATIC_ARCHIVE_INVALID', detail);
}

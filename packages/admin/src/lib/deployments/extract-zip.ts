import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { adminError } from '../errors.ts';
import { isSpecial, nameFault } from './entry-fault.ts';

/** What a ZIP file may hold. */
export interface ZipLimits {
  readonly maxFiles: number;
  /** Of all files together, in bytes. */
  readonly maxBytes: number;
  /** How many times as long as its compressed bytes a file of more than 1 MB may be. */
  readonly maxRatio: number;
}

/** Below this length a ratio says nothing. */
const ratioFrom = 1024 * 1024;

/** Extracts a ZIP file into an empty folder. Rejects with `ADMIN_ZIP_INVALID` or `ADMIN_ZIP_TOO_LARGE`; then files may be left there. */
export async function extractZip(
  zipFile: string,
  folder: string,
  limits: ZipLimits,
): Promise<{ readonly files: number; readonly bytes: number }> {
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(zipFile, { lazyEntries: true, autoClose: false, strictFileNames: true });
    return await extractEntries(zip, folder, limits);
  } catch (error) {
    throw toRefusal(error);
  } finally {
    zip?.close();
  }
}

async function extractEntries(
  zip: ZipFile,
  folder: string,
  limits: ZipLimits,
): Promise<{ readonly files: number; readonly bytes: number }> {
  if (zip.entryCount > limits.maxFiles) throw tooLarge(`${zip.entryCount} files, at most ${limits.maxFiles}`);
  const done = { files: 0, bytes: 0 };
  const names = new Set<string>();
  const folders = new Set<string>();
  for await (const entry of zip.eachEntry()) {
    check(entry, names, limits);
    for (let end = entry.fileName.indexOf('/'); end >= 0; end = entry.fileName.indexOf('/', end + 1))
      folders.add(entry.fileName.slice(0, end));
    if (folders.size + done.files >= limits.maxFiles + (entry.fileName.endsWith('/') ? 1 : 0))
      throw tooLarge(`more than ${limits.maxFiles} files and folders`);
    const path = join(folder, entry.fileName);
    if (entry.fileName.endsWith('/')) {
      await mkdir(path, { recursive: true });
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    const left = limits.maxBytes - done.bytes;
    if (entry.uncompressedSize > left) throw tooLarge(`more than ${limits.maxBytes} bytes`);
    // Without the mode of the archive: what is deployed is served, not run by its owner's rights.
    await pipeline(
      await zip.openReadStreamPromise(entry),
      counter(left, done),
      createWriteStream(path, { flags: 'wx' }),
    );
    done.files += 1;
  }
  if (done.files === 0) throw adminError('ADMIN_ZIP_INVALID', 'it holds no file');
  return done;
}

function check(entry: Entry, names: Set<string>, { maxRatio, maxBytes }: ZipLimits): void {
  const { fileName, externalFileAttributes, versionMadeBy, uncompressedSize, compressedSize } = entry;
  const shown = JSON.stringify(fileName.slice(0, 200));
  const fault = nameFault(fileName);
  if (fault !== null) throw adminError('ADMIN_ZIP_INVALID', `the name ${shown}: ${fault}`);
  if (isSpecial(externalFileAttributes, versionMadeBy))
    throw adminError('ADMIN_ZIP_INVALID', `${shown} is a link or a special file`);
  if (entry.isEncrypted()) throw adminError('ADMIN_ZIP_INVALID', `${shown} is encrypted`);
  const key = fileName.replace(/\/$/, '').toLowerCase(); // some systems do not tell them apart
  if (names.has(key)) throw adminError('ADMIN_ZIP_INVALID', `two entries have the name ${shown}`);
  names.add(key);
  if (uncompressedSize > maxBytes) throw tooLarge(`${shown} has more than ${maxBytes} bytes`);
  if (uncompressedSize > ratioFrom && uncompressedSize > compressedSize * maxRatio)
    throw tooLarge(`${shown} becomes more than ${maxRatio} times as long`);
}

/** Counts what comes out, since a header may lie. */
function counter(maxBytes: number, done: { bytes: number }): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.byteLength;
      done.bytes += chunk.byteLength;
      if (bytes > maxBytes) callback(tooLarge(`more than ${maxBytes} bytes`));
      else callback(null, chunk);
    },
  });
}

/** What yauzl finds wrong with a file has no code; a disk that is full does. */
function toRefusal(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR')
    return adminError('ADMIN_ZIP_INVALID', 'two entries have the same name', { cause: error });
  return code === undefined || code.startsWith('Z_')
    ? adminError('ADMIN_ZIP_INVALID', message, { cause: error })
    : error;
}

function tooLarge(detail: string): Error {
  return adminError('ADMIN_ZIP_TOO_LARGE', detail);
}

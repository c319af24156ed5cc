import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises';
import { FileError, toFileError } from './file-error.ts';
import type { FileWriter } from './file-system.ts';

const noFollow = constants.O_NOFOLLOW ?? 0;

const temporaryPattern = /^\.ftp-[0-9a-f]{16}-/;

/** The name of an upload that is not whole yet: listings leave it out. */
export function temporaryName(name: string): string {
  return `.ftp-${randomBytes(8).toString('hex')}-${[...name].slice(0, 50).join('')}`;
}

export function isTemporary(name: string): boolean {
  return temporaryPattern.test(name);
}

/** A temporary file into which nothing was written for a day is one that a killed process has left: users see it, and can remove it. */
const abandonedMs = 24 * 60 * 60 * 1000;

/** Whether a file is an upload that is under way, which nobody else sees. */
export function isUnderWay(name: string, { mtimeMs }: Pick<Stats, 'mtimeMs'>): boolean {
  return isTemporary(name) && Date.now() - mtimeMs < abandonedMs;
}

/** What a `FolderWriter` is made of. */
export interface FolderWriterParts {
  readonly handle: FileHandle;
  /** Where the first byte goes. */
  readonly position: number;
  /** Whether what lies behind is cut, as soon as something has come: without a data connection the file must stay as it is. */
  readonly isCut: boolean;
  /** The name of the open file. */
  readonly place: string;
  /** The name that it gets when it is whole; `null`: it has it. */
  readonly final: string | null;
  /** Whether it stays when the upload breaks off. */
  readonly keeps: boolean;
  /** Whether this upload has created the file. */
  readonly isNew: boolean;
  /** Whether a file of the final name must not be replaced. */
  readonly isExclusive: boolean;
}

/** Writes an upload into a file of a folder. */
export class FolderWriter implements FileWriter {
  private readonly parts: FolderWriterParts;
  private position: number;
  private isCut: boolean;

  readonly isAside: boolean;

  constructor(parts: FolderWriterParts) {
    this.isAside = parts.final !== null;
    this.parts = parts;
    this.position = parts.position;
    this.isCut = parts.isCut;
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      if (this.isCut) await this.cut();
      for (let done = 0; done < chunk.byteLength; ) {
        const { bytesWritten } = await this.parts.handle.write(chunk, done, chunk.byteLength - done, this.position);
        done += bytesWritten;
        this.position += bytesWritten;
      }
    } catch (error) {
      throw toFileError(error);
    }
  }

  async commit(): Promise<void> {
    const { handle, final } = this.parts;
    try {
      if (this.isCut) await this.cut();
      if (final === null) await handle.close();
      else await this.publish(final);
    } catch (error) {
      throw toFileError(error);
    }
  }

  async abort(isRefused = false): Promise<void> {
    const { handle, place, position, keeps, isNew } = this.parts;
    const isContinued = isRefused && !isNew && position > 0;
    if (isContinued && this.position > position) await handle.truncate(position).catch(() => undefined); // the disk may have failed
    if (isContinued || (keeps && !(isRefused && isNew))) await handle.close();
    else await discard(handle, place);
  }

  private async cut(): Promise<void> {
    this.isCut = false;
    await this.parts.handle.truncate(this.parts.position);
  }

  /** A second handle stays open until the file has its name: without that, a folder that is renamed now would hide its bytes. */
  private async publish(final: string): Promise<void> {
    const { handle, place, isExclusive } = this.parts;
    const second = await open(place, constants.O_WRONLY | noFollow).catch(() => null); // its folder is not there any more
    try {
      if (second === null) throw new FileError('not-found');
      await handle.close();
      if (isExclusive) {
        await link(place, final); // fails if there is one
        await unlink(place);
      } else await rename(place, final);
    } catch (error) {
      await discard(second ?? handle, place);
      throw error;
    }
    await second.close();
  }
}

/** Removes an upload, also if somebody has moved it: then it is left behind empty. What has taken its name meanwhile stays. */
async function discard(handle: FileHandle, place: string): Promise<void> {
  await handle.truncate(0).catch(() => undefined); // the disk may have failed; the name goes all the same
  const [own, named] = await Promise.all([handle.stat().catch(() => null), lstat(place).catch(() => null)]);
  await handle.close();
  if (own !== null && named !== null && (own.ino !== named.ino || own.dev !== named.dev)) return;
  await unlink(place).catch(() => undefined); // somebody else may have removed or moved it
}

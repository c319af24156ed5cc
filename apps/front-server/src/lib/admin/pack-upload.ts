import { access, constants, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFileError } from '../describe-file-error.ts';

/** A ZIP file to send. */
export interface Upload {
  readonly file: string;
  /** Removes it, if it was made for this. */
  remove(): Promise<void>;
}

/** Makes a ZIP file of a folder, or takes one that is there. Returns what is wrong with the path otherwise. */
export async function packUpload(path: string): Promise<Upload | string> {
  try {
    if ((await stat(path)).isDirectory()) return await packFolder(path);
    await access(path, constants.R_OK);
    return { file: path, remove: () => Promise.resolve() };
  } catch (error) {
    return describeFileError(path, error as Error);
  }
}

async function packFolder(path: string): Promise<Upload> {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-deploy-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const { zipFolder } = await import('./zip-folder.ts');
    return { file: await zipFolder(path, join(folder, 'files.zip')), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

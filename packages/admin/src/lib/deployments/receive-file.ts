import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestBody } from '@windhover/core';

/** Where files arrive, and how long they may be. */
export interface Uploads {
  readonly uploadFolder: string;
  readonly maxUploadBytes: number;
}

/** Writes a body to a file as it arrives. A body that is too long fails with 413, and nothing is left of it. */
export async function receiveFile(
  body: RequestBody,
  { uploadFolder, maxUploadBytes }: Uploads,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  body.maxBytes = Math.min(maxUploadBytes, body.maxBytes ?? maxUploadBytes);
  await mkdir(uploadFolder, { recursive: true, mode: 0o700 });
  const path = join(uploadFolder, `upload-${randomBytes(9).toString('hex')}.zip`);
  const remove = (): Promise<void> => rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of body) await file.writeFile(chunk);
  } catch (error) {
    await file.close();
    await remove();
    throw error;
  }
  await file.close();
  return { path, remove };
}

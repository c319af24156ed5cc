import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkedCompose, type RunInit, type RunResult, runHandler } from '@windhover/testing';
import { afterAll, beforeAll } from 'vitest';
import { type StaticOptions, staticFiles } from '../src/index.ts';

/** The time of last writing of every file. */
export const written = new Date(Date.UTC(2024, 0, 2, 3, 4, 5));

/** A folder with files, for the tests of one file. */
export class Folder {
  root = '';

  async write(files: Readonly<Record<string, string | Uint8Array>>, at = written): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.root, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      await utimes(path, at, at);
    }
  }

  /** Runs `staticFiles` before a handler that answers 404 and `next`. */
  serve(
    init: string | RunInit,
    options?: StaticOptions,
    root: Parameters<typeof staticFiles>[0] = this.root,
  ): Promise<RunResult> {
    const pipeline = checkedCompose([staticFiles(root, options)], ({ response }) => {
      response.status = 404;
      response.body = 'next';
    });
    return runHandler(pipeline, init);
  }
}

export function useFolder(files: Readonly<Record<string, string | Uint8Array>>): Folder {
  const folder = new Folder();
  beforeAll(async () => {
    folder.root = await realpath(await mkdtemp(join(tmpdir(), 'static-folder-')));
    await folder.write(files);
  });
  afterAll(() => rm(folder.root, { recursive: true }));
  return folder;
}

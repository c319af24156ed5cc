import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkedCompose, type RunInit, type RunResult, runHandler } from '@windhover/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type StaticOptions, staticFiles } from '../src/index.ts';

export const large = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
/** The time of last writing of every file. */
export const written = new Date(Date.UTC(2024, 0, 2, 3, 4, 5));

const files: Record<string, string | Buffer> = {
  'secret.txt': 'SECRET outside',
  'public-evil/index.html': 'SECRET beside',
  'public/index.html': '<h1>home</h1>',
  'public/a.txt': '0123456789',
  'public/large.bin': large,
  'public/empty.txt': '',
  'public/unknown.xyz123': 'x',
  'public/café x.txt': 'accent',
  'public/a%2fb': 'percent',
  'public/docs/index.html': 'docs',
  'public/docs/page.html': 'page',
  'public/bare/a.txt': 'in bare',
  'public/.env': 'SECRET env',
  'public/.git/config': 'SECRET git',
  'public/.well-known/security.txt': 'contact',
  'public/evil/index.html': 'evil',
};

const links: Record<string, string> = {
  'link-out.txt': '../secret.txt',
  'link-up': '..',
  'link-beside': '../public-evil',
  'link-in.txt': 'a.txt',
  'link-docs': 'docs',
  loop: 'loop',
  dangling: 'gone',
};

/** A folder `public` to serve, with secrets around it. No test may leave one of its files open. */
export class Site {
  base = '';

  get root(): string {
    return join(this.base, 'public');
  }

  /** Runs `staticFiles` before a handler that answers 404 and `next`. */
  serve(init: string | RunInit, options?: StaticOptions, folder = this.root): Promise<RunResult> {
    const pipeline = checkedCompose([staticFiles(folder, options)], ({ response }) => {
      response.status = 404;
      response.body = 'next';
    });
    return runHandler(pipeline, init);
  }

  get(url: string, headers: Record<string, string> = {}, options?: StaticOptions): Promise<RunResult> {
    return this.serve({ url, headers }, options);
  }

  async make(): Promise<void> {
    this.base = await realpath(await mkdtemp(join(tmpdir(), 'static-files-')));
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.base, name);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, content);
      await utimes(path, written, written);
    }
    for (const [name, target] of Object.entries(links)) await symlink(target, join(this.root, name));
  }

  /** The files of the site that this process has open. */
  openFiles(): string[] {
    const targets = readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return ''; // the descriptor that listed the folder is already closed
      }
    });
    return targets.filter((target) => target.startsWith(this.base));
  }
}

/** A site for the tests of one file. */
export function useSite(): Site {
  const site = new Site();
  beforeAll(() => site.make());
  afterAll(() => rm(site.base, { recursive: true }));
  afterEach(async () => {
    if (process.platform !== 'linux') return;
    await expect.poll(() => site.openFiles()).toEqual([]); // closing takes a turn or more
  });
  return site;
}

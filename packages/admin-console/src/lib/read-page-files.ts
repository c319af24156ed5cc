import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { adminConsoleError } from './errors.ts';

/** A file of the page, with the copies that the build has compressed. */
export interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Uint8Array;
  /** In the order of preference. */
  readonly copies: readonly { readonly coding: 'br' | 'gzip'; readonly bytes: Uint8Array; readonly etag: string }[];
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Reads the built page, once: it is a few hundred kilobytes. The keys are paths below the folder: `index.html`,
 * `assets/main-….js`. Throws `ADMIN_CONSOLE_NOT_BUILT`.
 */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(join(folder, 'index.html'))) throw adminConsoleError('ADMIN_CONSOLE_NOT_BUILT', folder);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const type = types[extname(name)];
    if (type !== undefined) files.set(name, readPageFile(folder, name, type, names));
  }
  return files;
}

function readPageFile(folder: string, name: string, type: string, names: readonly string[]): PageFile {
  const bytes = readFileSync(join(folder, name));
  const tag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  const copies = ([['br', '.br'] as const, ['gzip', '.gz'] as const] as const)
    .filter(([, extension]) => names.includes(name + extension))
    .map(([coding, extension]) => ({
      coding,
      bytes: readFileSync(join(folder, name + extension)),
      etag: `"${tag}-${coding}"`,
    }));
  return { type, etag: `"${tag}"`, bytes, copies };
}

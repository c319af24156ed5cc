import { realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { HttpRequest } from '@windhover/core';
import { type FileLocation, locateFile } from './locate-file.ts';
import { resolveOptions, type StaticOptions, type StaticSettings } from './options.ts';

/** What `staticFiles` would do with a request. */
export interface FileExplanation {
  /** `file`: sends it; `redirect`: to the path with a slash at its end; `forbidden`: 403; `none`: passes the request on. */
  readonly kind: 'file' | 'redirect' | 'forbidden' | 'none';
  /** The file, or the place where it was looked for; `null` if the request names none. */
  readonly file: string | null;
  readonly because: string;
}

/** Says which file `staticFiles(root, options)` would send for a request, and why. Looks at names only: opens no file. */
export function explainFile(
  request: Pick<HttpRequest, 'method' | 'path' | 'segments'>,
  root: string,
  options: StaticOptions = {},
): FileExplanation {
  const settings = resolveOptions(root, options);
  const location = locateFile(request, settings);
  if (location !== null) return explainLocation(location, settings);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const because = isRead ? 'the path holds a name that is not served' : `${request.method} asks for no file`;
  return { kind: 'none', file: null, because };
}

function explainLocation({ names, hasSlash }: FileLocation, settings: StaticSettings): FileExplanation {
  const path = join(settings.root, ...names);
  const none = (because: string): FileExplanation => ({ kind: 'none', file: path, because });
  const entry = find(path, settings);
  if (typeof entry === 'string') return outcomeOf(entry, path);
  if (entry.isFile()) {
    if (hasSlash) return none('a path with a slash at its end names a folder, and this is a file');
    return { kind: 'file', file: path, because: 'the file exists' };
  }
  if (!entry.isDirectory()) return none('it is neither a file nor a folder');
  for (const name of settings.index) {
    const document = find(join(path, name), settings);
    if (typeof document === 'string' || !document.isFile()) continue;
    if (hasSlash || names.length === 0)
      return { kind: 'file', file: join(path, name), because: 'it is the index of the folder' };
    return { kind: 'redirect', file: path, because: 'it is a folder, and the path has no slash at its end' };
  }
  return none(`the folder has no ${settings.index.join(' or ') || 'index'}`);
}

const noFile = 'there is no such file';
const unreadable = 'the server may not look there';

function outcomeOf(problem: string, path: string): FileExplanation {
  return { kind: problem === unreadable ? 'forbidden' : 'none', file: path, because: problem };
}

/** Finds an entry, or says why it does not count. */
function find(path: string, { root, staysInside }: StaticSettings): Stats | string {
  try {
    const outside = staysInside && relative(realpathSync(root), realpathSync(path)).split(/[\\/]/)[0] === '..';
    return outside ? 'a symbolic link leads out of the folder' : statSync(resolve(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? unreadable : noFile;
  }
}

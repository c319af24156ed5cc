import type { HttpRequest } from '@windhover/core';
import { isServedPlace } from './is-served-place.ts';
import { type FileLocation, locateFile } from './locate-file.ts';
import { resolveOptions, type StaticOptions, type StaticRoot, type StaticSettings } from './options.ts';
import { type Candidate, candidates } from './try-files.ts';
import { wantsPage } from './wants-page.ts';

/** What `staticFiles` would do with a request. */
export interface FileExplanation {
  /**
   * `file`: sends it; `listing`: shows the folder; `redirect`: to the path with a slash at its end; `forbidden`: 403;
   * `none`: passes the request on.
   */
  readonly kind: 'file' | 'listing' | 'redirect' | 'forbidden' | 'none';
  /** The file, or the place where it was looked for; `null` if the request names none. */
  readonly file: string | null;
  readonly because: string;
}

/**
 * Says which file `staticFiles(root, options)` would send for a request, and why. Looks at names only: opens no file.
 * Without headers it does not know whether the client accepts the page of `fallback`.
 */
export function explainFile(
  request: Pick<HttpRequest, 'method' | 'path' | 'segments'> & Partial<Pick<HttpRequest, 'headers'>>,
  root: StaticRoot,
  options: StaticOptions = {},
): FileExplanation {
  const settings = resolveOptions(root, options);
  const location = locateFile(request, settings);
  if (location === null) {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const because = isRead ? 'the path holds a name that is not served' : `${request.method} asks for no file`;
    return { kind: 'none', file: null, because };
  }
  const tried = candidates(location, settings.tryFiles).map((candidate) => explainPlace(candidate, location, settings));
  const decided = tried.find(({ kind }) => kind !== 'none') ?? explainFallback(request, location, settings);
  return decided ?? tried[0] ?? { kind: 'none', file: null, because: 'tryFiles names no place for it' };
}

function explainPlace(
  { names, hasSlash }: Candidate,
  location: FileLocation,
  settings: StaticSettings,
): FileExplanation {
  const { source, index, showsDotfiles, allow } = settings;
  const file = source.describe(names);
  const none = (because: string): FileExplanation => ({ kind: 'none', file, because });
  if (names !== location.names && !(isServedPlace(names, showsDotfiles) && allow(names.join('/'))))
    return none('the name is not served');
  const { kind, because } = source.inspect(names);
  if (kind === 'file') {
    if (hasSlash) return none('a path with a slash at its end names a folder, and this is a file');
    return { kind: 'file', file, because };
  }
  if (kind !== 'folder') return { kind: kind === 'forbidden' ? 'forbidden' : 'none', file, because };
  for (const name of index) {
    if (source.inspect([...names, name]).kind !== 'file') continue;
    if (!hasSlash && names.length > 0) return redirect(file);
    return { kind: 'file', file: source.describe([...names, name]), because: 'it is the index of the folder' };
  }
  const noIndex = `the folder has no ${index.join(' or ') || 'index'}`;
  if (!settings.showsFolders) return none(noIndex);
  return hasSlash || names.length === 0 ? { kind: 'listing', file, because: noIndex } : redirect(file);
}

function redirect(file: string): FileExplanation {
  return { kind: 'redirect', file, because: 'it is a folder, and the path has no slash at its end' };
}

function explainFallback(
  { headers }: Partial<Pick<HttpRequest, 'headers'>>,
  { names }: FileLocation,
  { fallback, source }: StaticSettings,
): FileExplanation | null {
  if (fallback === null || (headers !== undefined && !wantsPage(names, headers))) return null;
  if (source.inspect(fallback).kind !== 'file') return null;
  return { kind: 'file', file: source.describe(fallback), because: 'it is the fallback for pages that are missing' };
}

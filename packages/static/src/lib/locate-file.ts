import type { HttpRequest } from '@windhover/core';
import { isServedPlace } from './is-served-place.ts';
import type { StaticSettings } from './options.ts';

/** The place below the folder that a request asks for. */
export interface FileLocation {
  /** Names of folders and, last, of a file or folder; empty for the served folder itself. */
  readonly names: readonly string[];
  /** Whether the path ends with a slash, so that it can only mean a folder. */
  readonly hasSlash: boolean;
}

type RequestFacts = Pick<HttpRequest, 'method' | 'path' | 'segments'>;
type LocateSettings = Pick<StaticSettings, 'prefix' | 'showsDotfiles' | 'allow'>;

/**
 * Finds the file that a request asks for, using only its decoded segments. `null` if it can be none: another method,
 * another prefix, or a name that is not served. The caller treats that like a missing file, so clients cannot tell the
 * difference.
 */
export function locateFile(request: RequestFacts, settings: LocateSettings): FileLocation | null {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const { prefix, showsDotfiles, allow } = settings;
  const { path, segments } = request;
  if (segments === null || (path !== prefix && !path.startsWith(`${prefix}/`))) return null;
  const names = segments.slice(prefix.split('/').length - 1);
  const hasSlash = names.at(-1) === '';
  if (hasSlash) names.pop();
  if (!isServedPlace(names, showsDotfiles)) return null;
  return allow(names.join('/')) ? { names, hasSlash } : null;
}

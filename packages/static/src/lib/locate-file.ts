import type { HttpRequest } from '@windhover/core';
import type { StaticSettings } from './options.ts';
import { isSafeName } from './safe-name.ts';

/** Where below the folder a request points. */
export interface FileLocation {
  /** Names of folders and, last, of a file or folder; empty for the served folder itself. */
  readonly names: readonly string[];
  /** Whether the path ends with a slash, so that only a folder can be meant. */
  readonly hasSlash: boolean;
}

type RequestFacts = Pick<HttpRequest, 'method' | 'path' | 'segments'>;
type LocateSettings = Pick<StaticSettings, 'prefix' | 'showsDotfiles' | 'allow'>;

/**
 * Which file a request means, by its decoded segments alone. `null` where none can be meant: another method, another prefix, or a
 * name that no file here may have. Such a request goes on like one for a file that is missing, and nobody learns which it was.
 */
export function locateFile(request: RequestFacts, settings: LocateSettings): FileLocation | null {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const { prefix, showsDotfiles, allow } = settings;
  const { path, segments } = request;
  if (segments === null || (path !== prefix && !path.startsWith(`${prefix}/`))) return null;
  const names = segments.slice(prefix.split('/').length - 1);
  const hasSlash = names.at(-1) === '';
  if (hasSlash) names.pop();
  if (!names.every((name) => isSafeName(name))) return null;
  if (!showsDotfiles && names.some(isHidden)) return null;
  return allow(names.join('/')) ? { names, hasSlash } : null;
}

function isHidden(name: string, position: number): boolean {
  return name.startsWith('.') && !(name === '.well-known' && position === 0);
}

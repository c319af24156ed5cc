import type { HttpRequest } from '@windhover/core';
import type { FileSource, FoundFile } from './file-source.ts';
import { isServedPlace } from './is-served-place.ts';
import type { FileLocation } from './locate-file.ts';
import { findPrecompressed, type Precompressed, type Precompression } from './precompressed.ts';
import { type Candidate, candidates } from './try-files.ts';
import { wantsPage } from './wants-page.ts';

/** What stands at the place that a request asks for. */
export type Resolution =
  | ResolvedFile
  /** A folder without an index document, for a listing. */
  | { readonly kind: 'folder'; readonly names: readonly string[] }
  /** A folder that has something to show, requested without the trailing slash. */
  | { readonly kind: 'needs-slash' }
  | { readonly kind: 'missing' };

export interface ResolvedFile {
  readonly kind: 'file';
  /** The place of the file, which may differ from the requested one: an index document, the fallback. */
  readonly names: readonly string[];
  readonly file: FoundFile;
  /** Its compressed copies that may be sent instead. */
  readonly copies: readonly Precompressed[];
  /** Whether it is the page that answers for missing ones, so that the answer depends on what the client accepts. */
  readonly isFallback: boolean;
  /** Whether it belongs to the requested path alone: any number of paths lead to a fallback or a fixed place. */
  readonly isOwn: boolean;
}

export interface ResolveSettings {
  readonly source: FileSource;
  readonly index: readonly string[];
  readonly showsDotfiles: boolean;
  readonly tryFiles: readonly string[];
  readonly fallback: readonly string[] | null;
  readonly precompressed: { readonly codings: readonly Precompression[]; readonly takesOlder: boolean };
  /** Whether folders are shown. */
  readonly showsFolders: boolean;
  readonly allow: (path: string) => boolean;
}

const missing: Resolution = { kind: 'missing' };
const needsSlash: Resolution = { kind: 'needs-slash' };

/** Looks for the file of a request: at the places of `tryFiles`, then the fallback. Opens nothing. */
export async function resolveFile(
  location: FileLocation,
  headers: HttpRequest['headers'],
  settings: ResolveSettings,
): Promise<Resolution> {
  for (const candidate of candidates(location, settings.tryFiles)) {
    if (candidate.names !== location.names && !isAllowed(candidate.names, settings)) continue;
    const found = await lookAt(candidate, settings);
    if (found.kind === 'file') return { ...found, isOwn: !candidate.isFixed };
    if (found.kind !== 'missing') return found;
  }
  const { fallback, source } = settings;
  if (fallback === null || !wantsPage(location.names, headers)) return missing;
  const page = await source.find(fallback);
  return page?.kind === 'file' ? toFile(fallback, page, settings, true) : missing;
}

async function lookAt({ names, hasSlash }: Candidate, settings: ResolveSettings): Promise<Resolution> {
  const { source, index } = settings;
  const entry = await source.find(names);
  if (entry === null) return missing;
  if (entry.kind === 'file') return hasSlash ? missing : toFile(names, entry, settings, false);
  for (const name of index) {
    const place = [...names, name];
    const document = await source.find(place);
    if (document?.kind !== 'file') continue;
    return hasSlash ? toFile(place, document, settings, false) : needsSlash;
  }
  if (!settings.showsFolders) return missing;
  return hasSlash ? { kind: 'folder', names } : needsSlash;
}

/** The names of a pattern are checked like those of a request. */
function isAllowed(names: readonly string[], { showsDotfiles, allow }: ResolveSettings): boolean {
  return isServedPlace(names, showsDotfiles) && allow(names.join('/'));
}

async function toFile(
  names: readonly string[],
  file: FoundFile,
  { source, precompressed }: ResolveSettings,
  isFallback: boolean,
): Promise<ResolvedFile> {
  const copies = precompressed.codings.length === 0 ? [] : await findPrecompressed(source, names, file, precompressed);
  return { kind: 'file', names, file, copies, isFallback, isOwn: false };
}

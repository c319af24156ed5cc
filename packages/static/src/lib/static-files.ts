import type { Handler, HttpContext, Middleware } from '@windhover/core';
import { answerListing } from './answer-listing.ts';
import { answerZip } from './answer-zip.ts';
import { type FileLocation, locateFile } from './locate-file.ts';
import { resolveOptions, type StaticOptions, type StaticRoot, type StaticSettings } from './options.ts';
import { choosePrecompressed } from './precompressed.ts';
import { type ResolvedFile, resolveFile } from './resolve-file.ts';
import { respond } from './respond.ts';
import { pageVary } from './wants-page.ts';
import type { ZipLimits } from './zip-folder.ts';

/**
 * Serves the files of a folder, or of another source, for GET and HEAD. Everything else goes on to the rest of the
 * pipeline: other methods, missing files, and names that are not served. Throws `STATIC_OPTION_INVALID` for invalid
 * options.
 */
export function staticFiles(root: StaticRoot, options: StaticOptions = {}): Middleware<HttpContext> {
  const settings = resolveOptions(root, options);
  return function staticFiles(context, next) {
    const location = locateFile(context.request, settings);
    if (location === null) return next(context);
    return answer(context, next, location, settings);
  };
}

async function answer(
  context: HttpContext,
  next: Handler<HttpContext>,
  location: FileLocation,
  settings: StaticSettings,
): Promise<void> {
  if (!(await serve(context, location, settings))) await next(context);
}

/** Returns whether it has answered. */
async function serve(context: HttpContext, location: FileLocation, settings: StaticSettings): Promise<boolean> {
  try {
    if (settings.zip !== null && isDownload(context.request.query)) {
      const isAnswered = await download(context, location, settings.zip, settings);
      if (isAnswered) return true;
    }
    const found = await resolveFile(location, context.request.headers, settings);
    switch (found.kind) {
      case 'file':
        return await sendFile(context, found, settings);
      case 'needs-slash':
        redirectToSlash(context);
        return true;
      case 'folder':
        await answerListing(context, found.names, settings);
        return true;
      case 'missing':
        return false;
    }
  } catch (error) {
    settings.tellForbidden(location.names.join('/'), error);
    throw error;
  }
}

function isDownload(query: string | null): boolean {
  return query === 'zip' || query === 'zip=';
}

/** Sends a folder as an archive; returns false if the path names none. */
async function download(
  context: HttpContext,
  { names, hasSlash }: FileLocation,
  limits: ZipLimits,
  settings: StaticSettings,
): Promise<boolean> {
  const found = await settings.source.find(names);
  if (found?.kind !== 'folder') return false;
  if (hasSlash) await answerZip(context, names, limits, settings);
  else redirectToSlash(context);
  return true;
}

async function sendFile(context: HttpContext, found: ResolvedFile, settings: StaticSettings): Promise<boolean> {
  const copy = choosePrecompressed(context.request.headers.get('accept-encoding'), found.copies);
  const file = await (copy?.file ?? found.file).open();
  if (file === null) return false;
  const representation = { path: found.names.join('/'), coding: copy?.coding ?? null, vary: varyOf(found) };
  await respond(context, file, representation, settings);
  return true;
}

/** The fields of a request on which the choice of a file depends; `null` for none. */
function varyOf({ copies, isFallback }: ResolvedFile): string | null {
  if (copies.length === 0) return isFallback ? pageVary : null;
  return isFallback ? `${pageVary}, Accept-Encoding` : 'Accept-Encoding';
}

/**
 * `//evil` never gets here, because a path with an empty segment names no file. So the Location is always a path on
 * this site.
 */
function redirectToSlash({ request, response }: HttpContext): void {
  const query = request.query === null ? '' : `?${request.query}`;
  response.status = 301;
  response.headers.set('Location', `${request.path}/${query}`);
}

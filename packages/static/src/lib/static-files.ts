import type { Handler, HttpContext, HttpRequest } from '@windhover/core';
import { answerListing } from './answer-listing.ts';
import { answerZip } from './answer-zip.ts';
import { answerHot, type HotContent, type HotFile } from './hot-file.ts';
import { HotFiles } from './hot-files.ts';
import { type FileLocation, locateFile } from './locate-file.ts';
import { resolveOptions, type StaticOptions, type StaticRoot, type StaticSettings } from './options.ts';
import { choosePrecompressed, type Precompressed } from './precompressed.ts';
import { type ResolvedFile, resolveFile } from './resolve-file.ts';
import { respond } from './respond.ts';
import { forUser } from './shown-entries.ts';
import { pageVary } from './wants-page.ts';
import type { ZipLimits } from './zip-folder.ts';

/** A middleware that is a handler too: without a rest of the pipeline, what it does not have is left unanswered (404). */
export type StaticFiles = (context: HttpContext, next?: Handler<HttpContext>) => void | Promise<void>;

/**
 * Serves the files of a folder, or of another source, for GET and HEAD. Everything else goes on to the rest of the
 * pipeline: other methods, missing files, and names that are not served. Throws `STATIC_OPTION_INVALID` for invalid
 * options.
 */
export function staticFiles(root: StaticRoot, options: StaticOptions = {}): StaticFiles {
  const server = new StaticServer(resolveOptions(root, options));
  return function staticFiles(context, next = unanswered) {
    return server.handle(context, next);
  };
}

function unanswered(): void {
  // a response that nobody has answered is a 404
}

class StaticServer {
  private readonly settings: StaticSettings;
  private readonly hotFiles: HotFiles | null;

  constructor(settings: StaticSettings) {
    this.settings = settings;
    // `allow` judges each name that a pattern makes, so then it has to be asked on the way through all of them.
    const isJudged = settings.hasAllow && settings.tryFiles.some((pattern) => pattern !== '{path}');
    this.hotFiles = settings.cache === null || isJudged ? null : new HotFiles(settings.cache, settings);
  }

  handle(context: HttpContext, next: Handler<HttpContext>): void | Promise<void> {
    const { settings, hotFiles } = this;
    const { request } = context;
    const hot = hotFiles === null ? undefined : this.hotFile(request, hotFiles);
    if (hot !== undefined) {
      const nowMs = settings.clock.now();
      if (!hotFiles!.isFresh(hot, nowMs)) return this.checkAndAnswer(context, next, hot);
      const content = contentOf(hot, request);
      if (content !== undefined) {
        hot.isUsed = true;
        answerHot(context, content, nowMs);
        return;
      }
    }
    const location = locateFile(request, settings);
    return location === null ? next(context) : this.answer(context, next, location);
  }

  /** What is kept for a path, if it may be used for this request. */
  private hotFile({ method, path, query }: HttpRequest, hotFiles: HotFiles): HotFile | undefined {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    const hot = hotFiles.get(path);
    if (hot === undefined) return undefined;
    const { settings } = this;
    if (settings.zip !== null && isDownload(query)) return undefined;
    if (settings.hasAllow && !settings.allow(hot.location.names.join('/'))) return undefined;
    return hot;
  }

  private async checkAndAnswer(context: HttpContext, next: Handler<HttpContext>, hot: HotFile): Promise<void> {
    const { request } = context;
    if (await this.hotFiles!.check(hot, request.headers)) {
      const content = contentOf(hot, request);
      if (content !== undefined) {
        hot.isUsed = true;
        answerHot(context, content, this.settings.clock.now());
        return;
      }
    }
    await this.answer(context, next, hot.location);
  }

  private async answer(context: HttpContext, next: Handler<HttpContext>, location: FileLocation): Promise<void> {
    let isAnswered = false;
    try {
      isAnswered = await this.serve(context, location);
    } catch (error) {
      this.settings.tellForbidden(location.names.join('/'), error);
      throw error;
    }
    if (!isAnswered) await next(context);
  }

  /** Returns whether it has answered. */
  private async serve(context: HttpContext, location: FileLocation): Promise<boolean> {
    const { settings } = this;
    const { request } = context;
    if (settings.zip !== null && isDownload(request.query)) {
      if (await download(context, location, settings.zip, settings)) return true;
    }
    const found = await resolveFile(location, request.headers, settings);
    switch (found.kind) {
      case 'file':
        return await this.sendFile(context, location, found);
      case 'needs-slash':
        redirectToSlash(context);
        return true;
      case 'folder':
        await answerListing(context, found.names, forUser(context, settings));
        return true;
      case 'missing':
        return false;
    }
  }

  private async sendFile(context: HttpContext, location: FileLocation, found: ResolvedFile): Promise<boolean> {
    const { settings, hotFiles } = this;
    const { request } = context;
    const index = choose(found.copies, request);
    const copy = found.copies[index - 1];
    const representation = { path: found.names.join('/'), coding: copy?.coding ?? null, vary: varyOf(found) };
    if (hotFiles !== null && found.isOwn) {
      const content = await hotFiles.load(request.path, location, found, index, representation);
      if (content !== null) {
        answerHot(context, content, settings.clock.now());
        return true;
      }
    }
    const file = await (copy?.file ?? found.file).open();
    if (file === null) return false;
    await respond(context, file, representation, settings);
    return true;
  }
}

/** Returns 0 for the file itself, otherwise the place of the copy in the list, counted from 1. */
function choose(copies: readonly Precompressed[], { headers }: HttpRequest): number {
  if (copies.length === 0) return 0;
  const copy = choosePrecompressed(headers.get('accept-encoding'), copies);
  return copy === null ? 0 : copies.indexOf(copy) + 1;
}

function contentOf({ copies, contents }: HotFile, request: HttpRequest): HotContent | undefined {
  return contents[choose(copies, request)];
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
  if (hasSlash) await answerZip(context, names, limits, forUser(context, settings));
  else redirectToSlash(context);
  return true;
}

/** The fields of a request on which the choice of a file depends; `null` for none. */
function varyOf({ copies, isFallback }: ResolvedFile): string | null {
  if (copies.length === 0) return isFallback ? pageVary : null;
  return isFallback ? `${pageVary}, Accept-Encoding` : 'Accept-Encoding';
}

/**
 * The Location is relative (RFC 9110 §10.2.2), so it is right wherever the middleware is mounted. It begins with `./` and a
 * name, so it never leads to another site: a path with an empty segment names no folder.
 */
function redirectToSlash({ request, response }: HttpContext): void {
  const query = request.query === null ? '' : `?${request.query}`;
  response.status = 301;
  response.headers.set('Location', `./${request.path.slice(request.path.lastIndexOf('/') + 1)}/${query}`);
}

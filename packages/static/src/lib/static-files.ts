import type { HttpContext, Middleware } from '@windhover/core';
import { locateFile } from './locate-file.ts';
import { FileOpener } from './open-file.ts';
import { resolveOptions, type StaticOptions } from './options.ts';
import { respond } from './respond.ts';

/**
 * Serves the files of a folder for GET and HEAD, and calls the rest of the pipeline for everything else: other methods, files that
 * are missing, names that no file may have. Throws `STATIC_OPTION_INVALID` for options that cannot be right.
 */
export function staticFiles(root: string, options: StaticOptions = {}): Middleware<HttpContext> {
  const settings = resolveOptions(root, options);
  const opener = new FileOpener(settings);
  return function staticFiles(context, next) {
    const location = locateFile(context.request, settings);
    if (location === null) return next(context);
    const path = location.names.join('/');
    const opened = opener.open(location).catch((error: unknown) => {
      settings.tellForbidden(path, error);
      throw error;
    });
    return opened.then((outcome) => {
      switch (outcome.kind) {
        case 'missing':
          return next(context);
        case 'needs-slash':
          return redirectToSlash(context);
        case 'opened':
          return respond(context, outcome.file, path, settings);
      }
    });
  };
}

/** `//evil` never comes here: a path with an empty segment names no file. So what is sent is a path of this site. */
function redirectToSlash({ request, response }: HttpContext): void {
  const query = request.query === null ? '' : `?${request.query}`;
  response.status = 301;
  response.headers.set('Location', `${request.path}/${query}`);
}

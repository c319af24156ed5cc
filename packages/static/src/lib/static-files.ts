import type { HttpContext, Middleware } from '@windhover/core';
import { locateFile } from './locate-file.ts';
import { FileOpener } from './open-file.ts';
import { resolveOptions, type StaticOptions } from './options.ts';
import { respond } from './respond.ts';

/**
 * Serves the files of a folder for GET and HEAD. Everything else goes on to the rest of the pipeline: other methods,
 * missing files, and names that are not served. Throws `STATIC_OPTION_INVALID` for invalid options.
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

/**
 * `//evil` never gets here, because a path with an empty segment names no file. So the Location is always a path on
 * this site.
 */
function redirectToSlash({ request, response }: HttpContext): void {
  const query = request.query === null ? '' : `?${request.query}`;
  response.status = 301;
  response.headers.set('Location', `${request.path}/${query}`);
}

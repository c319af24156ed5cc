import { fileURLToPath } from 'node:url';
import { contextKey, type Handler, type HttpContext } from '@windhover/core';
import { addVary, evaluatePreconditions, negotiateEncoding } from '@windhover/http-semantics';
import { adminConsoleError } from './errors.ts';
import { cacheFields, commonFields } from './page-fields.ts';
import { type PageFile, readPageFiles } from './read-page-files.ts';

/** Options of `createConsoleHandler`. */
export interface ConsoleOptions {
  /**
   * The path below which the console stands, with a slash at both ends. The management API must stand at `api/v1/` below it. Mounted in Express
   * (`app.use('/manage', …)`) both find their place by themselves; naming it, `/manage/`, is the same. Default: `/`.
   */
  readonly base?: string;
  /** The folder with the built page. Default: the one in this package. */
  readonly folder?: string;
}

/**
 * Serves the page of the management console: `GET` of `base` and of its assets; anything else is a 404. Needs no
 * authentication of its own, as everything that the page shows comes from the management API. Throws
 * `ADMIN_CONSOLE_NOT_BUILT` if the folder has no page, and `ADMIN_CONSOLE_OPTION_INVALID`.
 */
export function createConsoleHandler(options: ConsoleOptions = {}): Handler<HttpContext> {
  const { base = '/', folder = defaultFolder() } = options;
  if (!/^\/(?:.+\/)?$/.test(base)) {
    throw adminConsoleError('ADMIN_CONSOLE_OPTION_INVALID', `expected base with a slash at both ends, got ${base}`);
  }
  const files = readPageFiles(folder);
  return function adminConsole(context) {
    const { request, response } = context;
    response.headers.assign(commonFields);
    const { path, method } = request;
    const mount = context.get(mountKey);
    const place = mount === undefined ? base : baseWithin(mount, base);
    if (path === place.slice(0, -1) || (mount !== undefined && path === place && !pathOf(mount).endsWith('/'))) {
      response.status = 308;
      response.headers.set('Location', mount === undefined ? base : `./${lastName(mount)}/`);
      return;
    }
    const name = path === place ? 'index.html' : path.startsWith(place) ? path.slice(place.length) : '';
    const file = files.get(name);
    if (file === undefined || (name === 'index.html' && path !== place)) {
      answerPlainly(response, 404, `There is nothing here. The console is at ${mount?.path ?? ''}${place}\n`);
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.headers.set('Allow', 'GET, HEAD');
      answerPlainly(response, 405, 'Only GET and HEAD.\n');
      return;
    }
    answerFile({ request, response }, file, name === 'index.html' ? 'page' : 'asset');
  };
}

/** Where Express has mounted the handler, which sees the rest of the path; `@windhover/adapter-connect` says it. */
const mountKey = contextKey<Mount | undefined>('request.mount');

interface Mount {
  readonly path: string;
  readonly target: string;
}

/** The base as the path is seen below a mount. */
function baseWithin({ path }: Mount, base: string): string {
  return base.startsWith(`${path}/`) ? base.slice(path.length) : base;
}

/** The path that the client has asked for. */
function pathOf({ target }: Mount): string {
  return target.split('?', 1)[0]!;
}

/** Relative, so that it also fits behind a proxy that takes a prefix away, and cannot lead to another host. */
function lastName(mount: Mount): string {
  const path = pathOf(mount);
  return path.slice(path.lastIndexOf('/') + 1);
}

type Exchange = Pick<HttpContext, 'request' | 'response'>;

function answerFile({ request, response }: Exchange, file: PageFile, kind: keyof typeof cacheFields): void {
  const coding = negotiateEncoding(
    request.headers.get('accept-encoding'),
    file.copies.map((copy) => copy.coding),
  );
  const chosen = file.copies.find((copy) => coding.kind === 'chosen' && copy.coding === coding.value);
  const { bytes, etag } = chosen ?? file;
  const { headers } = response;
  headers.set('Cache-Control', cacheFields[kind]);
  headers.set('ETag', etag);
  if (file.copies.length > 0) headers.set('Vary', addVary(headers.get('vary'), 'Accept-Encoding'));
  const ifNoneMatch = request.headers.get('if-none-match');
  if (evaluatePreconditions({ method: request.method, ifNoneMatch }, { etag }).kind === 'not-modified') {
    response.status = 304;
    return;
  }
  headers.set('Content-Type', file.type);
  if (chosen !== undefined) headers.set('Content-Encoding', chosen.coding);
  response.status = 200;
  response.body = bytes;
}

function answerPlainly(response: HttpContext['response'], status: number, text: string): void {
  response.status = status;
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.headers.set('Cache-Control', 'no-store');
  response.body = text;
}

/** `page/` beside the built code; run from source, the page that was built last. */
function defaultFolder(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? '../../dist/page' : './page', import.meta.url));
}

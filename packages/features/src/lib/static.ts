import { resolve } from 'node:path';
import { duration, OptionsError, orAlone, size } from '@windhover/config';
import { after, type Handler, type HttpContext, type HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { explainFile, type FileExplanation, type FileSource, type StaticOptions, staticFiles } from '@windhover/static';
import { z } from 'zod';
import { isDeployed } from './deployment-links.ts';
import { sourceOf } from './static-source.ts';

const schema = orAlone(
  'root',
  z.strictObject({
    root: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe(
        'The folder to serve, or several: the first that has a file sends it. A ZIP archive (site.zip) is served in place. A relative path starts at the folder of the configuration.',
      ),
    mounts: z
      .record(z.string().startsWith('/'), z.string().min(1))
      .exactOptional()
      .describe(
        'Virtual directories: other folders or archives by their path below this one, as in `{ /docs: ../docs/dist }`.',
      ),
    index: z
      .array(z.string().min(1))
      .exactOptional()
      .describe('Documents that answer for a folder. Default: index.html.'),
    tryFiles: z
      .array(z.string().min(1))
      .exactOptional()
      .describe(
        'Where a file is looked for, in order. `{path}` is the requested path: `["{path}", "{path}.html"]` serves about.html for /about. Default: ["{path}"].',
      ),
    fallback: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'The page of a single-page application that answers for missing pages, not for missing assets: index.html. Default: none.',
      ),
    dotfiles: z
      .enum(['hide', 'serve'])
      .exactOptional()
      .describe(
        'Whether names that begin with a dot are served. Default: hide, since .git and .env end up in folders.',
      ),
    symlinks: z
      .enum(['inside', 'follow'])
      .exactOptional()
      .describe('Which symbolic links count. Default: those that stay inside the folder.'),
    cacheControl: z
      .union([z.string().nullable(), z.record(z.string(), z.string().nullable())])
      .exactOptional()
      .describe(
        'The Cache-Control of every file, or values by pattern: `{ "assets/**": immutable }`. immutable stands for a year; null for none. Default: no-cache, keep a copy but ask before using it.',
      ),
    precompressed: z
      .union([z.boolean(), z.array(z.enum(['br', 'zstd', 'gzip'])).min(1)])
      .exactOptional()
      .describe(
        'Sends app.js.br, app.js.zst or app.js.gz for app.js to clients that accept them; a list says which, in order of preference. Default: false.',
      ),
    olderCopies: z
      .enum(['skip', 'serve'])
      .exactOptional()
      .describe(
        'What to do with a compressed copy that is older than its file. Default: skip, it was probably forgotten.',
      ),
    types: z
      .record(z.string(), z.string())
      .exactOptional()
      .describe('Content types by extension, before those that are known.'),
    listing: z
      .union([
        z.boolean(),
        z.strictObject({
          maxEntries: z
            .int()
            .min(1)
            .default(5000)
            .describe('How many entries a page shows at most. Default: 5000, which is about 1 MB.'),
        }),
      ])
      .exactOptional()
      .describe(
        'Shows the entries of folders without an index, as a page or as JSON. Default: false, because a list tells names that nobody linked to.',
      ),
    zip: z
      .union([
        z.boolean(),
        z.strictObject({
          maxFiles: z.int().min(1).default(10_000).describe('How many files a download has at most. Default: 10000.'),
          maxSize: size()
            .default(1024 ** 3)
            .describe('How large they are together, before compression. Default: 1GiB.'),
        }),
      ])
      .exactOptional()
      .describe(
        'Lets clients download a folder as a ZIP archive, with ?zip after its path. Default: false, because it costs far more than a file.',
      ),
    cache: z
      .union([
        z.boolean(),
        z.strictObject({
          maxSize: size()
            .default(32 * 1024 * 1024)
            .describe('How much memory they take together, in each worker. Default: 32MiB.'),
          maxFileSize: size()
            .default(64 * 1024)
            .describe('Larger files are read each time. Default: 64KiB.'),
          check: duration().default(1000).describe('How long a file is sent without a look at the disk. Default: 1s.'),
        }),
      ])
      .exactOptional()
      .describe(
        'Keeps small files that are asked for in memory, and looks at them again at most once per second. Default: true.',
      ),
    maxHashed: size()
      .nullable()
      .exactOptional()
      .describe('Files up to this size get a hash of their content as ETag. Default: 32MiB. null: all files.'),
  }),
).describe(
  'Serves the files of a folder. The path of the route stands for the folder; what is not there goes to the next origin of the route.',
);

/**
 * `static`: serves a folder of files. The rest of the path after the route's path is looked up below `root`; requests for missing files go
 * to the next origin.
 */
export const staticFeature: Feature<z.output<typeof schema>> = {
  name: 'static',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema,
  create({ root, mounts, maxHashed, zip, cache, ...given }, { location, log, clock }) {
    const prefix = location.route ?? '/';
    const hashed = maxHashed === undefined ? {} : { maxHashedBytes: maxHashed };
    const limits = typeof zip === 'object' ? { maxFiles: zip.maxFiles, maxBytes: zip.maxSize } : (zip ?? false);
    const options = { ...given, ...hashed, zip: limits, cache: cacheOf(cache), prefix };
    const source = sourceOf({ root, mounts }, location.directory, given.symlinks);
    const isFixed = ![root].flat().some((folder) => isDeployed(resolve(location.directory, folder)));
    if (isFixed) checkFallback(given.fallback, source);
    const serve = staticFiles(source, { ...options, log, clock });
    let inner: Handler<HttpContext> | null = null;
    let outer: Handler<HttpContext> = () => undefined;
    return {
      showsOtherPaths: given.listing !== undefined || zip !== undefined,
      layers: [
        {
          phase: 'origin',
          run(context, next) {
            if (next !== inner) [inner, outer] = [next, refusingOthers(next)]; // it is the same for every request
            return serve(context, outer);
          },
          explain: (request) => [reasonFor(explainFile(request, source, options), request)],
        },
      ],
    };
  },
};

type CacheValue = z.output<typeof schema>['cache'];

function cacheOf(cache: CacheValue = true): NonNullable<StaticOptions['cache']> {
  if (typeof cache === 'boolean') return cache;
  return { maxBytes: cache.maxSize, maxFileBytes: cache.maxFileSize, checkMs: cache.check };
}

/** A missing page would be a 404 for every page of the application. An archive is read later, so it cannot be told. */
function checkFallback(fallback: string | undefined, source: FileSource): void {
  if (fallback === undefined) return;
  const found = source.inspect(fallback.split('/').filter((name) => name !== ''));
  if (found.kind === 'file' || found.kind === 'unknown') return;
  throw new OptionsError([
    { path: ['fallback'], message: `expected a file of the folder, found none: ${found.because}` },
  ]);
}

/** Answers 405 to a method other than GET and HEAD that no other origin takes. */
function refusingOthers(next: Handler<HttpContext>): Handler<HttpContext> {
  return (context) =>
    after(next, context, (error) => {
      const { request, response } = context;
      if (error !== undefined || response.isAnswered) return;
      if (request.method === 'GET' || request.method === 'HEAD') return;
      response.status = 405;
      response.headers.set('Allow', 'GET, HEAD');
    });
}

/** Fields by which the answer may be 206, 304, 412 or 416. */
const conditions = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

function reasonFor({ kind, file, because }: FileExplanation, { headers }: HttpRequest): Reason {
  const why = file === null ? because : `${file}: ${because}`;
  const isPlain = !conditions.some((name) => headers.has(name));
  switch (kind) {
    case 'file':
      return { decision: `sends ${file}`, because, answers: true, ...(isPlain ? { status: 200 } : {}) };
    case 'listing':
      return { decision: `shows the folder ${file}`, because, answers: true, status: 200 };
    case 'redirect':
      return {
        decision: 'redirects to the path with a slash at its end',
        because: why,
        answers: true,
        status: 301,
      };
    case 'forbidden':
      return { decision: 'refuses with 403', because: why, answers: true, status: 403 };
    case 'none':
      return { decision: 'passes the request on', because: why };
  }
}

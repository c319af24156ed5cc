import { resolve } from 'node:path';
import { after } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { OptionsError, orAlone, size } from '@windhover/host';
import { explainFile, type FileExplanation, staticFiles } from '@windhover/static';
import { z } from 'zod';
import { folderProblem } from './folder-problem.ts';

const schema = orAlone(
  'root',
  z.strictObject({
    root: z.string().min(1).describe('The folder to serve. A relative path starts at the folder of the configuration.'),
    index: z
      .array(z.string().min(1))
      .exactOptional()
      .describe('Documents that answer for a folder. Default: index.html.'),
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
      .string()
      .nullable()
      .exactOptional()
      .describe(
        'The Cache-Control of every file; null for none. Default: no-cache, keep a copy but ask before using it.',
      ),
    types: z
      .record(z.string(), z.string())
      .exactOptional()
      .describe('Content types by extension, before those that are known.'),
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
  create({ root, maxHashed, ...options }, { location, log }) {
    const folder = resolve(location.directory, root);
    const problem = folderProblem(folder);
    if (problem !== null) throw new OptionsError([{ path: ['root'], message: problem }]);
    const hashed = maxHashed === undefined ? {} : { maxHashedBytes: maxHashed };
    const prefix = location.route ?? '/';
    const serve = staticFiles(folder, { ...options, ...hashed, prefix, log });
    return {
      layers: [
        {
          phase: 'origin',
          run: (context, next) =>
            serve(context, (missed) =>
              after(next, missed, (error) => {
                const { request, response } = missed;
                if (error !== undefined || response.isAnswered) return;
                if (request.method === 'GET' || request.method === 'HEAD') return;
                response.status = 405; // no other origin answered it
                response.headers.set('Allow', 'GET, HEAD');
              }),
            ),
          explain: (request) => [reasonFor(explainFile(request, folder, { ...options, prefix }))],
        },
      ],
    };
  },
};

function reasonFor({ kind, file, because }: FileExplanation): Reason {
  const why = file === null ? because : `${file}: ${because}`;
  switch (kind) {
    case 'file':
      return { decision: `sends ${file}`, because, answers: true };
    case 'redirect':
      return { decision: 'redirects to the path with a slash at its end', because: why, answers: true };
    case 'forbidden':
      return { decision: 'refuses with 403', because: why, answers: true };
    case 'none':
      return { decision: 'passes the request on', because: why };
  }
}

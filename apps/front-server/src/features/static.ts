import { resolve } from 'node:path';
import type { Handler, HttpContext } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { OptionsError } from '@windhover/host';
import { staticFiles } from '@windhover/static';
import { z } from 'zod';
import { folderProblem } from '../lib/folder-problem.ts';

const schema = z.strictObject({
  root: z.string().min(1),
  index: z.array(z.string().min(1)).exactOptional(),
  dotfiles: z.enum(['hide', 'serve']).exactOptional(),
  symlinks: z.enum(['inside', 'follow']).exactOptional(),
  cacheControl: z.string().nullable().exactOptional(),
  types: z.record(z.string(), z.string()).exactOptional(),
  maxHashedBytes: z.int().min(0).nullable().exactOptional(),
});

/** Serves a folder: what follows the route's path is looked up below `root`. */
export const staticFeature: Feature<z.output<typeof schema>> = {
  name: 'static',
  place: 'handler',
  schema,
  create({ root, ...options }, host) {
    const { directory, route } = host.location;
    const folder = resolve(directory, root);
    const problem = folderProblem(folder);
    if (problem !== null) throw new OptionsError([{ path: ['root'], message: problem }]);
    const serve = staticFiles(folder, { ...options, prefix: route ?? '/', log: host.log });
    return { handler: (context) => serve(context, answerNoFile) };
  },
};

/** No file: 404, by leaving the response as it is, unless the method was the reason. */
const answerNoFile: Handler<HttpContext> = ({ request, response }) => {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  response.status = 405;
  response.headers.set('Allow', 'GET, HEAD');
};

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Feature } from '@windhover/core/feature';
import { OptionsError, orAlone } from '@windhover/host';
import { errorPages } from '@windhover/respond';
import { z } from 'zod';

const schema = orAlone(
  'folder',
  z.strictObject({
    folder: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'Pages by status: 404.html, 4xx.html, 5xx.html. For the others, and without a folder, there are built-in ones.',
      ),
  }),
).describe(
  'Gives errors a page: HTML, problem+json or text, by what the client accepts. What has a body already, the error page of an upstream for instance, is left as it is.',
);

/** `errorPages`: answers errors with a page, problem+json or text, depending on what the client accepts. */
export const errorPagesFeature: Feature<z.output<typeof schema>> = {
  name: 'errorPages',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'replace',
  schema,
  create({ folder }, { location }) {
    const pages = folder === undefined ? {} : readPages(resolve(location.directory, folder));
    return { layers: [{ phase: 'edge', run: errorPages({ pages }) }] };
  },
};

function readPages(folder: string): Record<string, string> {
  const refuse = (message: string): never => {
    throw new OptionsError([{ path: ['folder'], message }]);
  };
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch (error) {
    refuse(`expected a folder with pages (${(error as NodeJS.ErrnoException).code} at ${folder})`);
  }
  const pages = names.filter((name) => /^[45](?:[0-9]{2}|xx)\.html$/.test(name));
  if (pages.length === 0) refuse(`expected pages such as 404.html or 5xx.html in the folder ${folder}`);
  return Object.fromEntries(pages.map((name) => [name.slice(0, 3), readFileSync(join(folder, name), 'utf8')]));
}

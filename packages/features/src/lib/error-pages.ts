import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OptionsError, orAlone } from '@windhover/config';
import { contextKey, type HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { type ErrorPagesOptions, errorFormat, errorPages } from '@windhover/respond';
import { z } from 'zod';

/** The key of `@windhover/proxy`: there is a value if an upstream was asked. */
const upstreamKey = contextKey<object>('proxy.upstream');
const statusKey = /^[45](?:[0-9]{2}(?:\.[1-9][0-9]{0,2})?|xx)$/;

const classes = z.enum(['4xx', '5xx']);
const statuses = z.array(z.union([z.int().min(400).max(599), classes])).min(1);

const schema = orAlone(
  'folder',
  z
    .object({
      folder: z
        .string()
        .min(1)
        .exactOptional()
        .describe(
          'Pages by status: 404.html, 4xx.html, 5xx.html. For the others, and without a folder, there are built-in ones.',
        ),
      upstreams: z
        .union([z.boolean(), statuses])
        .exactOptional()
        .describe(
          'Whether the error pages of upstreams are replaced: true for all, or a list such as [502, 5xx]. Default: false, since an application knows more about its errors.',
        ),
    })
    .catchall(z.string().min(1))
    .superRefine((options, context) => {
      for (const key of Object.keys(options)) {
        if (key === 'folder' || key === 'upstreams' || statusKey.test(key)) continue;
        const message =
          'expected `folder`, `upstreams`, or a status such as `404`, `4xx` or `5xx` with the file of its page';
        context.addIssue({ code: 'custom', message, path: [key] });
      }
    }),
).describe(
  'Gives errors a page: HTML, problem+json or text, by what the client accepts. Besides the keys below, a status names the file of its page: `404: ./missing.html`, `5xx: ./sorry.html`, `"404.8": ./hidden.html` for a rule of requestFilter. What has a body already is left as it is, except for the `upstreams` that are named.',
);

type Options = z.output<typeof schema>;

/** `errorPages`: answers errors with a page, problem+json or text, depending on what the client accepts. */
export const errorPagesFeature: Feature<Options> = {
  name: 'errorPages',
  levels: ['top', 'site', 'route'],
  phases: ['edge'],
  combine: 'replace',
  schema,
  create({ folder, upstreams = false, ...files }, { location }) {
    const { directory } = location;
    const pages: Pages = {
      ...(folder === undefined ? {} : readFolder(resolve(directory, folder))),
      ...readFiles(files as Readonly<Record<string, string>>, directory),
    };
    const html = Object.fromEntries(Object.entries(pages).map(([status, page]) => [status, page.html]));
    const run = errorPages({ pages: html, replace: replaces(upstreams) });
    const explain = (request: HttpRequest): readonly Reason[] => [
      explainPage(request, pages),
      explainReplaced(upstreams),
    ];
    return { layers: [{ phase: 'edge', run, explain }] };
  },
};

/** The pages that were read, by status. */
type Pages = Readonly<Record<string, { readonly path: string; readonly html: string }>>;

function explainPage({ headers }: HttpRequest, pages: Pages): Reason {
  const format = errorFormat(headers.get('accept'));
  if (format === 'text')
    return { decision: 'gives an error a text', because: 'the client prefers neither HTML nor JSON' };
  if (format === 'problem') return { decision: 'gives an error problem+json', because: 'the client prefers JSON' };
  const files = Object.entries(pages).map(([status, { path }]) => `${status} ${path}`);
  const decision = `gives an error a page: ${[...files, `${files.length === 0 ? '' : 'otherwise '}the built-in one`].join(', ')}`;
  return { decision, because: 'the client prefers HTML' };
}

function explainReplaced(upstreams: NonNullable<Options['upstreams']>): Reason {
  if (upstreams === false)
    return {
      decision: 'leaves what has a body already, such as the page of an upstream',
      because: '`upstreams` is not set',
    };
  const which = upstreams === true ? 'every error' : upstreams.join(', ');
  return { decision: 'replaces error pages of upstreams', because: `\`upstreams\` names ${which}` };
}

function replaces(upstreams: NonNullable<Options['upstreams']>): NonNullable<ErrorPagesOptions['replace']> {
  const list = typeof upstreams === 'boolean' ? (upstreams ? classes.options : []) : upstreams;
  const wanted = new Set(list.map(String));
  const isWanted = (status: number): boolean =>
    wanted.has(String(status)) || wanted.has(`${Math.floor(status / 100)}xx`);
  return (context, status) => isWanted(status) && context.get(upstreamKey) !== undefined;
}

function readFiles(files: Readonly<Record<string, string>>, directory: string): Pages {
  const read = ([status, file]: [string, string]): [string, Pages[string]] => {
    const path = resolve(directory, file);
    try {
      return [status, { path, html: readPage(path) }];
    } catch (error) {
      const message = `expected a file with a page (${(error as NodeJS.ErrnoException).code} at ${path})`;
      throw new OptionsError([{ path: [status], message }]);
    }
  };
  return Object.fromEntries(Object.entries(files).map(read));
}

function readFolder(folder: string): Pages {
  const refuse = (message: string): never => {
    throw new OptionsError([{ path: ['folder'], message }]);
  };
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch (error) {
    refuse(`expected a folder with pages (${(error as NodeJS.ErrnoException).code} at ${folder})`);
  }
  const pages = names.filter((name) => name.endsWith('.html') && statusKey.test(name.slice(0, -'.html'.length)));
  if (pages.length === 0) refuse(`expected pages such as 404.html or 5xx.html in the folder ${folder}`);
  const read = (name: string): [string, Pages[string]] => {
    const path = join(folder, name);
    try {
      return [name.slice(0, -'.html'.length), { path, html: readPage(path) }];
    } catch (error) {
      return refuse(`expected a file with a page (${(error as NodeJS.ErrnoException).code} at ${path})`);
    }
  };
  return Object.fromEntries(pages.map(read));
}

/** Reading a pipe would stop the whole process until somebody writes to it. */
function readPage(path: string): string {
  if (statSync(path).isFIFO()) throw Object.assign(new Error('a pipe'), { code: 'a pipe' });
  return readFileSync(path, 'utf8');
}

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readListenOptions } from '../listen-option.ts';
import { runValue } from '../run-value.ts';
import { defineCommand } from './command.ts';
import { httpsOption, listenOption, portOption } from './listen-options.ts';

/** `windhover serve [DIR]`: serves a folder, without a configuration file. */
export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'serve the files of a folder, without a configuration file',
  arguments: [
    { name: 'DIR', summary: 'the folder, or a ZIP archive; default: this one', optional: true, completes: 'folder' },
  ],
  options: {
    port: portOption,
    listen: listenOption,
    https: httpsOption,
    fallback: { type: 'string', value: 'file', summary: 'page that answers for missing pages: index.html' },
    listing: { type: 'boolean', summary: 'show folders that have no index.html' },
  },
  examples: [
    'windhover serve',
    'windhover serve ./dist --fallback index.html',
    'windhover serve ./public --listen :80',
  ],
  run({ options, arguments: [folder = '.'], version, err }) {
    const listener = readListenOptions(options);
    const problem = typeof listener === 'string' ? listener : folderProblem(folder);
    if (typeof listener === 'string' || problem !== null) {
      err(`${problem}\nSee windhover serve --help.\n`);
      return 2;
    }
    return runValue('serve', serveConfig(folder, options), listener, version, options.https);
  },
});

/** The configuration that `serve` runs. */
export function serveConfig(
  folder: string,
  { fallback, listing }: { readonly fallback?: string | undefined; readonly listing: boolean },
): Readonly<Record<string, unknown>> {
  const page = fallback === undefined ? {} : { fallback };
  const files = { root: resolve(folder), listing, precompressed: true, ...page };
  return { sites: { files: { routes: [{ path: '/', static: files }] } } };
}

function folderProblem(folder: string): string | null {
  try {
    if (statSync(folder).isDirectory() || folder.toLowerCase().endsWith('.zip')) return null;
    return `${folder} is a file: serve takes the folder in which it is.`;
  } catch {
    return `There is no folder ${folder} (looked for ${resolve(folder)}).`;
  }
}

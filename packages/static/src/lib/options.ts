import { resolve } from 'node:path';
import { canonicalPath, type Logger } from '@windhover/core';
import {
  anyFunction,
  anyObject,
  checkOptions,
  listOf,
  oneOf,
  orNull,
  type Rules,
  rule,
  withFunctions,
} from '@windhover/options';
import { ContentTags } from './content-tags.ts';
import { staticError } from './errors.ts';
import { isSafeName } from './safe-name.ts';
import { tellOnce } from './tell-once.ts';

/** Options of `staticFiles`. */
export interface StaticOptions {
  /** The part of the path that maps to the folder, in whole segments: `/assets`. Default: `/`. */
  readonly prefix?: string;
  /** Index documents of a folder; the first that exists is served. `[]` for none. Default: `['index.html']`. */
  readonly index?: readonly string[];
  /**
   * Whether names that begin with a dot are served. Default: `hide`, because `.git` and `.env` end up in served
   * folders. A `.well-known` folder at the top is served in any case, because it exists for others to read (RFC 8615).
   */
  readonly dotfiles?: 'hide' | 'serve';
  /**
   * Which symbolic links are followed: those that lead to a place inside the folder, or all. Default: `inside`, because
   * a link can easily publish more than was meant.
   */
  readonly symlinks?: 'inside' | 'follow';
  /**
   * The Cache-Control field of a file, or a function that returns it for the requested path, relative to the folder;
   * `null` for none. Default: `no-cache`, which allows clients to keep a copy but makes them check that it is current.
   */
  readonly cacheControl?: string | null | ((path: string) => string | null);
  /**
   * Content types by extension, which take precedence over the known ones: `{ glb: 'model/gltf-binary' }`. Default:
   * none.
   */
  readonly types?: Readonly<Record<string, string>>;
  /**
   * Files up to this many bytes get a hash of their content as ETag, which is the same on every server. Larger ones get
   * their size and times, which differ between servers. Default: 32 MiB, which takes about 30 ms to hash, once for each
   * version. `null`: all files.
   */
  readonly maxHashedBytes?: number | null;
  /** Log for files that exist but may not be read (403); one line for each. Default: none. */
  readonly log?: Pick<Logger, 'warn'>;
  /** Whether a path, relative to the folder, may be served; called before the file is looked for. Default: all may. */
  readonly allow?: (path: string) => boolean;
}

/** Options with defaults filled in. */
export interface StaticSettings {
  readonly root: string;
  /** Without trailing slash: `''` or `/assets`. */
  readonly prefix: string;
  readonly index: readonly string[];
  readonly showsDotfiles: boolean;
  readonly staysInside: boolean;
  readonly cacheControl: (path: string) => string | null;
  /** Keys are lower-case extensions without a dot. */
  readonly types: ReadonlyMap<string, string>;
  readonly contentTags: ContentTags;
  readonly tellForbidden: (path: string, error: unknown) => void;
  readonly allow: (path: string) => boolean;
}

const optionRules: Rules<StaticOptions> = {
  prefix: rule('a path', (value) => typeof value === 'string'),
  index: listOf(
    'file names',
    rule('the name of a file', (name) => typeof name === 'string' && isSafeName(name)),
  ),
  dotfiles: oneOf('hide', 'serve'),
  symlinks: oneOf('inside', 'follow'),
  cacheControl: rule('a text, null or a function', isCacheControl),
  types: anyObject,
  maxHashedBytes: orNull(rule('a number of bytes, 0 or more', (value) => typeof value === 'number' && value >= 0)),
  log: withFunctions(['warn']),
  allow: anyFunction,
};

function isCacheControl(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'function';
}

export function resolveOptions(root: string, options: StaticOptions): StaticSettings {
  if (typeof root !== 'string' || root === '') throw staticError('STATIC_OPTION_INVALID', 'the folder has no name');
  checkOptions(options, optionRules, (fault) => staticError('STATIC_OPTION_INVALID', fault));
  const { index = ['index.html'], cacheControl = 'no-cache', maxHashedBytes = 32 * 1024 * 1024, allow } = options;
  return {
    root: resolve(root),
    prefix: resolvePrefix(options.prefix ?? '/'),
    index: [...index],
    showsDotfiles: options.dotfiles === 'serve',
    staysInside: options.symlinks !== 'follow',
    cacheControl: typeof cacheControl === 'function' ? cacheControl : () => cacheControl,
    types: new Map(
      Object.entries(options.types ?? {}).map(([name, type]) => [name.replace(/^\./, '').toLowerCase(), type]),
    ),
    contentTags: new ContentTags(maxHashedBytes ?? Number.POSITIVE_INFINITY),
    tellForbidden: tellOnce(options.log),
    allow: allow === undefined ? () => true : (path) => allow(path) === true, // only `true` allows; a promise does not
  };
}

function resolvePrefix(prefix: string): string {
  try {
    return canonicalPath(prefix).replace(/\/$/, '');
  } catch (cause) {
    throw staticError('STATIC_OPTION_INVALID', `prefix ${JSON.stringify(prefix)}`, { cause });
  }
}

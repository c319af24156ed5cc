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

/** How `staticFiles` serves a folder. */
export interface StaticOptions {
  /** The part of the path that stands for the folder, in whole segments: `/assets`. Default: `/`. */
  readonly prefix?: string;
  /** Documents that answer for a folder, the first that exists; `[]` for none. Default: `['index.html']`. */
  readonly index?: readonly string[];
  /**
   * Whether names that begin with a dot are served. Default: `hide`, because `.git` and `.env` end up in folders that are served.
   * A `.well-known` folder at the top is served all the same: it exists to be read by others (RFC 8615).
   */
  readonly dotfiles?: 'hide' | 'serve';
  /**
   * Which symbolic links count: those that lead to somewhere inside the folder, or all. Default: `inside`, because a link is an easy
   * way to publish more than was meant.
   */
  readonly symlinks?: 'inside' | 'follow';
  /**
   * The Cache-Control of a file, or what decides it by the path that was asked for, relative to the folder; `null` for none.
   * Default: `no-cache`, which lets everybody keep a copy and ask whether it is still good.
   */
  readonly cacheControl?: string | null | ((path: string) => string | null);
  /** Content types by extension, before those that are known: `{ glb: 'model/gltf-binary' }`. Default: none. */
  readonly types?: Readonly<Record<string, string>>;
  /**
   * Files up to this many bytes have the hash of their content as ETag, the same on every server; larger ones their size and times, of
   * this server alone. Default: 32 MiB, which is hashed in some 30 ms, once for each version. `null`: all files.
   */
  readonly maxHashedBytes?: number | null;
  /** Is told of each file that is there and may not be read (403), once. Default: nobody. */
  readonly log?: Pick<Logger, 'warn'>;
  /** Says no to a path, relative to the folder, before a file is looked for. Default: yes to all. */
  readonly allow?: (path: string) => boolean;
}

/** Options with every question answered. */
export interface StaticSettings {
  readonly root: string;
  /** Without trailing slash: `''` or `/assets`. */
  readonly prefix: string;
  readonly index: readonly string[];
  readonly showsDotfiles: boolean;
  readonly staysInside: boolean;
  readonly cacheControl: (path: string) => string | null;
  /** By lower-case extension without dot. */
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
    allow: allow === undefined ? () => true : (path) => allow(path) === true, // a promise is no yes
  };
}

function resolvePrefix(prefix: string): string {
  try {
    return canonicalPath(prefix).replace(/\/$/, '');
  } catch (cause) {
    throw staticError('STATIC_OPTION_INVALID', `prefix ${JSON.stringify(prefix)}`, { cause });
  }
}

import { type Clock, canonicalPath, type Logger, systemClock } from '@windhover/core';
import {
  anyFunction,
  anyObject,
  checkOptions,
  isRecord,
  listOf,
  oneOf,
  orNull,
  type Rules,
  rule,
  withFunctions,
} from '@windhover/options';
import { type CacheControlOption, isCacheControl, toCacheControl } from './cache-control.ts';
import { ContentTags } from './content-tags.ts';
import { staticError } from './errors.ts';
import type { FileSource } from './file-source.ts';
import { folderSource } from './folder-source.ts';
import type { CacheLimits } from './hot-files.ts';
import { joined } from './joined-sources.ts';
import { type Precompression, precompressions } from './precompressed.ts';
import type { ResolveSettings } from './resolve-file.ts';
import { isSafeName } from './safe-name.ts';
import { tellOnce } from './tell-once.ts';
import { toNames } from './try-files.ts';
import type { ZipLimits } from './zip-folder.ts';

/** Where files come from: the path of a folder, a source, or several of them, of which the first that has a file sends it. */
export type StaticRoot = string | FileSource | readonly (string | FileSource)[];

/** Options of `staticFiles`. */
export interface StaticOptions {
  /** The part of the path that maps to the folder, in whole segments: `/assets`. Default: `/`. */
  readonly prefix?: string;
  /** Index documents of a folder; the first that exists is served. `[]` for none. Default: `['index.html']`. */
  readonly index?: readonly string[];
  /**
   * The places at which a file is looked for, in order; `{path}` stands for the requested path. `['{path}',
   * '{path}.html']` serves `about.html` for `/about`. Default: `['{path}']`.
   */
  readonly tryFiles?: readonly string[];
  /**
   * The page that answers for missing ones, for single-page applications: `index.html`. Only requests for a page get
   * it: `Accept` names HTML, and the path has no known extension, so a missing script stays a 404. Default: none.
   */
  readonly fallback?: string;
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
   * The Cache-Control field: one value for all files, values by pattern (`{ 'assets/**': 'immutable' }`, the first match
   * counts), or a function that returns it for the path of the file below the folder; it is called once for each version
   * of a file. `immutable` alone stands for a year. `null` for none. Default: `no-cache`, which allows clients to keep a
   * copy but makes them check that it is current.
   */
  readonly cacheControl?: CacheControlOption;
  /**
   * Sends compressed copies that stand beside a file (`app.js.br`, `.zst`, `.gz`) to clients that accept them, in this
   * order among equals. `true`: all three. Default: none.
   */
  readonly precompressed?: boolean | readonly Precompression[];
  /**
   * What to do with a compressed copy that is older than its file. Default: `skip`, because it was probably forgotten;
   * `serve` is for folders whose times mean nothing.
   */
  readonly olderCopies?: 'skip' | 'serve';
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
  /**
   * Shows the entries of folders without an index document, as a page or, for clients that prefer it, as JSON.
   * `maxEntries` caps how many: 5,000 by default, which is a page of about 1 MB. Default: `false`, because a list tells
   * names that nobody linked to.
   */
  readonly listing?: boolean | { readonly maxEntries?: number };
  /**
   * Lets clients download a folder as a ZIP archive, with `?zip` after its path. Default: `false`, because it costs
   * far more than a file. The limits of a download: 10,000 files, and 1 GiB before compression.
   */
  readonly zip?: boolean | { readonly maxFiles?: number; readonly maxBytes?: number };
  /**
   * Keeps small files that are asked for in memory, with their fields, and looks at them again at most once per
   * `checkMs`: a changed file is seen after a second, or two under load. Default: on, with `maxBytes` 32 MiB for all
   * contents (twice their size and 3 KB count for each file), `maxFileBytes` 64 KiB, `checkMs` 1000.
   */
  readonly cache?: boolean | Partial<CacheLimits>;
  /** Log for files that exist but may not be read (403); one line for each. Default: none. */
  readonly log?: Pick<Logger, 'warn'>;
  /** Whether a path, relative to the folder, may be served; called before the file is looked for. Default: all may. */
  readonly allow?: (path: string) => boolean;
  /** The time, for tests. Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** Options with defaults filled in. */
export interface StaticSettings extends ResolveSettings {
  /** How many entries a listing shows; `null`: folders are not shown. */
  readonly maxListed: number | null;
  /** `null`: folders cannot be downloaded. */
  readonly zip: ZipLimits | null;
  /** `null`: nothing is kept in memory. */
  readonly cache: CacheLimits | null;
  /** Whether `allow` has to be asked. */
  readonly hasAllow: boolean;
  /** Without trailing slash: `''` or `/assets`. */
  readonly prefix: string;
  readonly cacheControl: (path: string) => string | null;
  /** Keys are lower-case extensions without a dot. */
  readonly types: ReadonlyMap<string, string>;
  readonly contentTags: ContentTags;
  readonly tellForbidden: (path: string, error: unknown) => void;
  readonly clock: Pick<Clock, 'now'>;
}

const place = rule(
  'a path below the folder',
  (value) => typeof value === 'string' && toNames(value).length > 0 && toNames(value).every((name) => isSafeName(name)),
);

const optionRules: Rules<StaticOptions> = {
  prefix: rule('a path', (value) => typeof value === 'string'),
  index: listOf(
    'file names',
    rule('the name of a file', (name) => typeof name === 'string' && isSafeName(name)),
  ),
  tryFiles: listOf(
    'paths',
    rule('a path with {path}, or a fixed one', (value) => typeof value === 'string' && value !== ''),
  ),
  fallback: place,
  dotfiles: oneOf('hide', 'serve'),
  symlinks: oneOf('inside', 'follow'),
  cacheControl: rule('a text, null, a function, or texts by pattern', isCacheControl),
  precompressed: rule('true, false or a list of br, zstd and gzip', isPrecompressed),
  olderCopies: oneOf('skip', 'serve'),
  types: anyObject,
  maxHashedBytes: orNull(rule('a number of bytes, 0 or more', (value) => typeof value === 'number' && value >= 0)),
  listing: rule('true, false or { maxEntries }', (value) => isSwitch(value, ['maxEntries'])),
  zip: rule('true, false, or { maxFiles, maxBytes }', (value) => isSwitch(value, ['maxFiles', 'maxBytes'])),
  cache: rule('true, false, or { maxBytes, maxFileBytes, checkMs }', (value) =>
    isSwitch(value, ['maxBytes', 'maxFileBytes', 'checkMs']),
  ),
  log: withFunctions(['warn']),
  allow: anyFunction,
  clock: withFunctions(['now']),
};

const defaultMaxListed = 5_000;
const defaultZipLimits: ZipLimits = { maxFiles: 10_000, maxBytes: 1024 ** 3 };
const defaultCacheLimits: CacheLimits = { maxBytes: 32 * 1024 * 1024, maxFileBytes: 64 * 1024, checkMs: 1000 };
export function resolveOptions(root: StaticRoot, options: StaticOptions): StaticSettings {
  checkOptions(options, optionRules, (fault) => staticError('STATIC_OPTION_INVALID', fault));
  const { index = ['index.html'], fallback, maxHashedBytes = 32 * 1024 * 1024, allow, clock = systemClock } = options;
  return {
    source: toSource(root, options),
    prefix: resolvePrefix(options.prefix ?? '/'),
    index: [...index],
    tryFiles: [...(options.tryFiles ?? ['{path}'])],
    fallback: fallback === undefined ? null : toNames(fallback),
    showsDotfiles: options.dotfiles === 'serve',
    showsFolders: Boolean(options.listing),
    maxListed: toMaxListed(options.listing),
    zip: toZipLimits(options.zip),
    cache: toCacheLimits(options.cache),
    hasAllow: allow !== undefined,
    cacheControl: toCacheControl(options.cacheControl),
    precompressed: { codings: toCodings(options.precompressed), takesOlder: options.olderCopies === 'serve' },
    types: new Map(
      Object.entries(options.types ?? {}).map(([name, type]) => [name.replace(/^\./, '').toLowerCase(), type]),
    ),
    contentTags: new ContentTags(maxHashedBytes ?? Number.POSITIVE_INFINITY),
    tellForbidden: tellOnce(options.log),
    allow: allow === undefined ? () => true : (path) => allow(path) === true, // only `true` allows; a promise does not
    clock,
  };
}

function toSource(root: StaticRoot, { symlinks = 'inside' }: StaticOptions): FileSource {
  if (Array.isArray(root)) {
    if (root.length === 0) throw staticError('STATIC_OPTION_INVALID', 'the list of folders is empty');
    return joined(root.map((each: string | FileSource) => toSource(each, { symlinks })));
  }
  if (isSource(root)) return root;
  return folderSource(root as string, { symlinks });
}

function isSource(value: unknown): value is FileSource {
  return isRecord(value) && typeof value['find'] === 'function' && typeof value['list'] === 'function';
}

function toCodings(option: StaticOptions['precompressed'] = false): readonly Precompression[] {
  if (typeof option === 'boolean') return option ? precompressions : [];
  return [...option];
}

function toMaxListed(option: StaticOptions['listing'] = false): number | null {
  if (option === false) return null;
  return option === true ? defaultMaxListed : (option.maxEntries ?? defaultMaxListed);
}

function toZipLimits(option: StaticOptions['zip'] = false): ZipLimits | null {
  if (option === false) return null;
  return { ...defaultZipLimits, ...(option === true ? {} : option) };
}

function toCacheLimits(option: StaticOptions['cache'] = true): CacheLimits | null {
  if (option === false) return null;
  return { ...defaultCacheLimits, ...(option === true ? {} : option) };
}

/** Whether an option is switched on or off, or on with some of these numbers. */
function isSwitch(value: unknown, names: readonly string[]): boolean {
  if (typeof value === 'boolean') return true;
  const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && (count as number) > 0;
  return isRecord(value) && Object.entries(value).every(([name, count]) => names.includes(name) && isCount(count));
}

function isPrecompressed(value: unknown): boolean {
  if (typeof value === 'boolean') return true;
  return Array.isArray(value) && value.every((coding) => precompressions.includes(coding));
}

function resolvePrefix(prefix: string): string {
  try {
    return canonicalPath(prefix).replace(/\/$/, '');
  } catch (cause) {
    throw staticError('STATIC_OPTION_INVALID', `prefix ${JSON.stringify(prefix)}`, { cause });
  }
}

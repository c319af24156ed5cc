import { join, resolve } from 'node:path';
import type { FtpRule, RuleUser } from './access/access-rule.ts';
import { type Isolation, userRoot } from './access/user-root.ts';
import type { FtpCounts } from './counts/ftp-counts.ts';
import type { FtpFileSystem } from './files/file-system.ts';
import { createFolderFileSystem, type FolderFileSystemOptions } from './files/folder-file-system.ts';
import { partOf } from './files/part-of.ts';
import { withFolders } from './files/with-folders.ts';
import { withQuota } from './files/with-quota.ts';
import type { FtpUsers, ResolvedSite, UserFiles } from './session/ftp-settings.ts';

/** Who may log in, and what files there are. */
export interface FtpSite extends FolderFileSystemOptions {
  /** A folder of the disk, or a file system. Default: none, then `filesOf` says. */
  readonly root?: string | FtpFileSystem;
  /** Where the files of a user begin below `root`, as in IIS. Default: `none`, all have the whole of it. */
  readonly isolation?: Exclude<Isolation, 'custom'>;
  /** The files of each user, in place of `root`; `null`: this one has none. */
  readonly filesOf?: (user: RuleUser) => UserFiles | null | Promise<UserFiles | null>;
  /** Virtual folders: absolute paths, with what is in them. Default: none. */
  readonly folders?: Readonly<Record<string, string | FtpFileSystem>>;
  /**
   * Bytes that the files of a user may have together, or a function that says how many; `null`: no limit. What is above that gets 552. All files
   * below the root of the user count, so users who share a root share its quota; virtual folders do not count. Default: no limit.
   */
  readonly quotaBytes?: number | null | ((user: RuleUser) => number | null | Promise<number | null>);
  /** Who can log in: the users of `@windhover/auth`, or any object with `verify`. Default: nobody. */
  readonly users?: FtpUsers;
  /** Whether `anonymous` and `ftp` may log in with any password. Default: false. */
  readonly anonymous?: boolean;
  /** Who may read and write what. Default: who has logged in with a password everything, who is anonymous may read. */
  readonly rules?: readonly FtpRule[];
  /** What clients are greeted with. Default: `Welcome.`, so that nobody learns what runs here. */
  readonly greeting?: string;
}

const defaultRules: readonly FtpRule[] = [{}, { access: 'deny', users: ['?'], to: ['write'] }];

/**
 * Resolves the options of a site.
 *
 * @param name tells it apart from others with the same counts: their users of the same name may have other files
 */
export function resolveSite(site: FtpSite, counts: FtpCounts, name: string): ResolvedSite {
  const {
    users = null,
    anonymous = false,
    rules = defaultRules,
    greeting = 'Welcome.',
    root,
    quotaBytes = null,
  } = site;
  const base = root === undefined ? null : toFiles(root, site);
  const folders = Object.fromEntries(
    Object.entries(site.folders ?? {}).map(([path, each]) => [path, toFiles(each, site)]),
  );
  return {
    users,
    hasAnonymous: anonymous,
    rules,
    greeting: greeting.split(/\r?\n/),
    folderOf(user) {
      const own = site.filesOf === undefined ? userRoot(site.isolation ?? 'none', user) : null;
      if (own === null) return null;
      return typeof root === 'string' ? join(resolve(root), own.root) : own.root;
    },
    async filesOf(user) {
      const maxBytes = typeof quotaBytes === 'function' ? await quotaBytes(user) : quotaBytes;
      const limited = (files: FtpFileSystem, place: string): FtpFileSystem =>
        maxBytes === null ? files : withQuota(files, { key: `quota ${place}`, maxBytes, counts });
      if (site.filesOf !== undefined) {
        const own = await site.filesOf(user);
        return own === null ? null : { ...own, files: limited(own.files, `${name} of ${user.name}`) };
      }
      if (base === null) return null;
      const within = (path: string): FtpFileSystem => limited(partOf(base, path), `${nameOfRoot(root!)} ${path}`);
      return isolated(base, within, folders, site.isolation ?? 'none', user);
    },
  };
}

async function isolated(
  base: FtpFileSystem,
  within: (path: string) => FtpFileSystem,
  folders: Readonly<Record<string, FtpFileSystem>>,
  isolation: Exclude<Isolation, 'custom'>,
  user: RuleUser,
): Promise<UserFiles | null> {
  const place = userRoot(isolation, user);
  if (place === null) return null;
  const own = await isFolder(base, place.root);
  if (!own) return null;
  const files = within(place.root);
  const all = place.hasVirtualFolders ? withFolders(files, folders) : files;
  return { files: all, start: (await isFolder(all, place.start)) ? place.start : '/' };
}

const names = new WeakMap<FtpFileSystem, string>();
let lastNumber = 0;

/** A folder is the same for all servers and processes, a file system for this process. */
function nameOfRoot(root: string | FtpFileSystem): string {
  if (typeof root === 'string') return resolve(root);
  const name = names.get(root) ?? `${process.pid}.${++lastNumber}`;
  names.set(root, name);
  return name;
}

async function isFolder(files: FtpFileSystem, path: string): Promise<boolean> {
  return (await files.stat(path).catch(() => null))?.kind === 'folder';
}

function toFiles(root: string | FtpFileSystem, options: FolderFileSystemOptions): FtpFileSystem {
  return typeof root === 'string' ? createFolderFileSystem(root, options) : root;
}

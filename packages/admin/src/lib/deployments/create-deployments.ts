import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '@windhover/core';
import { anyFunction, anyText, checkOptions, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import type { AdminDeployments } from '../admin-target.ts';
import type { ApiDeployment } from '../api-types.ts';
import { adminError, optionError } from '../errors.ts';
import { extractZip } from './extract-zip.ts';
import { currentLink, expectLink, linkedFolder, switchLink } from './switch-link.ts';

/** A folder of versions. */
export interface DeploymentFolder {
  /** Absolute. Versions lie in `versions` below it, and `current` is a link to one of them. */
  readonly folder: string;
  /** How many versions are kept. Default: 5. */
  readonly keep?: number;
  /** Called after a switch, for example to recycle an application. */
  readonly onSwitch?: () => void | Promise<void>;
}

/** Options of `createDeployments`. */
export interface DeploymentOptions {
  /** The longest ZIP file, in bytes. Default: 256 MB. */
  readonly maxUploadBytes?: number;
  /** The most that a ZIP file may hold, in bytes. Default: 1 GB. */
  readonly maxBytes?: number;
  /** Default: 20,000. */
  readonly maxFiles?: number;
  /** How many times as long as its compressed bytes a file may be. Default: 200: text compresses to a tenth, a bomb to a thousandth. */
  readonly maxRatio?: number;
  /** Where ZIP files arrive. Default: the folder for temporary files. */
  readonly uploadFolder?: string;
  /** Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<DeploymentOptions> = {
  maxUploadBytes: wholeNumber(1),
  maxBytes: wholeNumber(1),
  maxFiles: wholeNumber(1),
  maxRatio: wholeNumber(1),
  uploadFolder: anyText,
  clock: withFunctions(['now']),
};
const folderRules: Rules<DeploymentFolder> = { folder: anyText, keep: wholeNumber(1), onSwitch: anyFunction };

const idPattern = /^[0-9]{8}T[0-9]{9}Z-[0-9a-f]{6}$/;
const uploadPattern = /^upload-[0-9a-f]{18}\.zip$/;
/** An upload is in use for an hour at most; other servers may use the same folder; milliseconds. */
const oldUploadMs = 24 * 60 * 60_000;
const defaultKeep = 5;

/** What a version is described by, in a file beside it. */
interface VersionFacts {
  readonly at: number;
  readonly user: string;
  readonly files: number;
  readonly bytes: number;
}

/** Keeps versions of folders on a disk. Throws `ADMIN_OPTION_INVALID`. */
export function createDeployments(
  folders: Readonly<Record<string, DeploymentFolder>>,
  options: DeploymentOptions = {},
): AdminDeployments {
  checkOptions(options, optionRules, optionError);
  for (const folder of Object.values(folders)) checkOptions(folder, folderRules, optionError);
  return new DiskDeployments(new Map(Object.entries(folders)), options);
}

class DiskDeployments implements AdminDeployments {
  readonly maxUploadBytes: number;
  readonly uploadFolder: string;
  private readonly folders: ReadonlyMap<string, DeploymentFolder>;
  private readonly options: DeploymentOptions;
  private readonly clock: Clock;
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(folders: ReadonlyMap<string, DeploymentFolder>, options: DeploymentOptions) {
    this.folders = folders;
    this.options = options;
    this.maxUploadBytes = options.maxUploadBytes ?? 256 * 1024 * 1024;
    this.uploadFolder = options.uploadFolder ?? tmpdir();
    this.clock = options.clock ?? systemClock;
  }

  list(): Promise<readonly ApiDeployment[]> {
    return Promise.all([...this.folders].map(([name, { folder }]) => describe(name, folder)));
  }

  async expectSwitch(name: string): Promise<void> {
    const { folder } = this.folders.get(name) ?? {};
    if (folder !== undefined) await expectLink(currentLink(folder));
  }

  add(name: string, zipFile: string, user: string): Promise<string> {
    return this.next(name, async ({ folder, keep = defaultKeep }) => {
      const { maxFiles = 20_000, maxBytes = 1024 ** 3, maxRatio = 200 } = this.options;
      const at = this.clock.now();
      const id = `${new Date(at).toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`;
      const versions = join(folder, 'versions');
      const fresh = join(versions, `.${id}`);
      await mkdir(versions, { recursive: true });
      await sweepRests(versions, (name) => name.startsWith('.') && idPattern.test(name.slice(1)));
      await sweepRests(this.uploadFolder, (name) => uploadPattern.test(name), at - oldUploadMs);
      await mkdir(fresh);
      try {
        const found = await extractZip(zipFile, fresh, { maxFiles, maxBytes, maxRatio });
        const facts: VersionFacts = { at, user, ...found };
        await writeFile(join(versions, `${id}.json`), JSON.stringify(facts));
        await rename(fresh, join(versions, id));
      } catch (error) {
        await rm(fresh, { recursive: true, force: true });
        throw error;
      }
      await removeOld(folder, keep, id);
      return id;
    });
  }

  activate(name: string, version: string): Promise<void> {
    return this.next(name, async ({ folder, onSwitch }) => {
      const isThere = idPattern.test(version) && (await isFolder(join(folder, 'versions', version)));
      if (!isThere) throw adminError('ADMIN_UNKNOWN', `the version ${JSON.stringify(version)}`);
      await switchLink(currentLink(folder), join('versions', version));
      await onSwitch?.();
    });
  }

  private next<T>(name: string, work: (folder: DeploymentFolder) => Promise<T>): Promise<T> {
    const folder = this.folders.get(name);
    if (folder === undefined)
      return Promise.reject(adminError('ADMIN_UNKNOWN', `the deployment ${JSON.stringify(name)}`));
    const done = (this.turns.get(name) ?? Promise.resolve()).then(() => work(folder));
    this.turns.set(
      name,
      done.catch(() => undefined), // the caller hears of it
    );
    return done;
  }
}

async function describe(name: string, folder: string): Promise<ApiDeployment> {
  const ids = await idsIn(folder);
  const versions = await Promise.all(ids.map(async (id) => ({ id, ...(await factsOf(folder, id)) })));
  const current = await linkedFolder(currentLink(folder));
  return { name, folder, current: current !== null && ids.includes(current) ? current : null, versions };
}

/** The newest first. */
async function idsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'versions')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => idPattern.test(name))
    .sort()
    .reverse();
}

async function factsOf(folder: string, id: string): Promise<VersionFacts> {
  try {
    return JSON.parse(await readFile(join(folder, 'versions', `${id}.json`), 'utf8')) as VersionFacts;
  } catch {
    return { at: 0, user: '', files: 0, bytes: 0 }; // somebody has removed or edited it
  }
}

/** The one in use and the newest one always stay. */
async function removeOld(folder: string, keep: number, newest: string): Promise<void> {
  const current = await linkedFolder(currentLink(folder));
  const others = (await idsIn(folder)).filter((id) => id !== current && id !== newest);
  const room = Math.max(0, keep - 1 - (current === null || current === newest ? 0 : 1));
  for (const id of others.slice(room)) {
    await rm(join(folder, 'versions', id), { recursive: true, force: true });
    await rm(join(folder, 'versions', `${id}.json`), { force: true });
  }
}

/** Removes what a process that was killed has left. What it may not remove belongs to somebody else. */
async function sweepRests(folder: string, isRest: (name: string) => boolean, before = Infinity): Promise<void> {
  for (const name of (await readdir(folder).catch(() => [])).filter(isRest)) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => null);
    if (found !== null && found.mtimeMs < before)
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isDirectory() === true;
}

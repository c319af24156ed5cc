import { resolve } from 'node:path';
import { type Clock, HttpError, systemClock } from '@windhover/core';
import type { Logger } from '@windhover/core/feature';
import { anyObject, checkOptions, wholeNumber, withFunctions } from '@windhover/options';
import type { CacheStore } from './cache-store.ts';
import { DiskFolder } from './disk-folder.ts';
import { FileStore, type StoreBus } from './disk-store.ts';
import { optionError } from './errors.ts';

/** Options of `createDiskStore`. */
export interface DiskStoreOptions {
  /** How many bytes the files may take together. What is just arriving comes on top. Default: 1 GiB, which most disks have. */
  readonly maxBytes?: number;
  /** Tells other processes that use the same folder what was stored and removed. Default: they see it after their next start. */
  readonly bus?: StoreBus;
  /** Receives one line when the disk fails, and when a file is damaged. Default: nobody. */
  readonly log?: Pick<Logger, 'warn'>;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** A store in a folder. */
export interface DiskStore extends CacheStore {
  /** Makes the folder and begins to read what is in it. Throws `CACHE_FOLDER_UNUSABLE`. Not needed: the first request does it too, without errors. */
  prepare(): Promise<void>;
  /** Resolves when everything that was begun is written. */
  close(): Promise<void>;
}

/** The same fault is told again after this time. */
const quietMs = 10 * 60 * 1000;

/**
 * Creates a store in a folder, which is made when something is stored. What is there after a restart is used again; what was only written in part is removed,
 * and every byte is verified before it is sent. Nothing is flushed to the disk by force: a power failure may lose answers, but not damage them unnoticed.
 * If the disk fails, answers are not stored. Several processes may use the folder. Throws `CACHE_OPTION_INVALID`.
 */
export function createDiskStore(folder: string, options: DiskStoreOptions = {}): DiskStore {
  const rules = {
    maxBytes: wholeNumber(0),
    bus: withFunctions(['publish', 'subscribe']),
    log: withFunctions(['warn']),
    clock: anyObject,
  };
  checkOptions(options, rules, optionError);
  const root = resolve(folder);
  const { maxBytes = 1024 ** 3, bus = null, log, clock = systemClock } = options;
  return new FileStore({ folder: new DiskFolder(root), maxBytes, clock, bus, onFault: tellFault(root, clock, log) });
}

function tellFault(folder: string, clock: Pick<Clock, 'now'>, log?: Pick<Logger, 'warn'>): (error: unknown) => void {
  const told = new Map<string, number>();
  return (error) => {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    const nowMs = clock.now();
    if (log === undefined || nowMs - (told.get(code) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    told.set(code, nowMs);
    const what = HttpError.is(error) ? 'A stored answer is damaged and was removed' : 'The cache cannot use its folder';
    log.warn(`${what}: ${message}`, { folder, code });
  };
}

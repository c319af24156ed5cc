import { resolve } from 'node:path';
import {
  type CacheStore,
  createDiskStore,
  createMemoryStore,
  createTieredStore,
  type DiskStore,
} from '@windhover/cache';
import { OptionsError, size } from '@windhover/config';
import type { ResourceFeature, ResourceKind, Services } from '@windhover/core/feature';
import { z } from 'zod';
import { cacheFolderProblem } from './cache-folder-problem.ts';

/** Where answers are kept, with what must be done before it is used. */
export interface OpenedStore {
  readonly store: CacheStore;
  /** The part on disk; `null`: none. */
  readonly disk: DiskStore | null;
}

/** The kind of `caches`. */
export const cacheStoreKind: ResourceKind<CacheStore> = { key: 'caches', noun: 'a cache' };

const schema = z
  .strictObject({
    memory: size(0)
      .exactOptional()
      .describe(
        'How much memory each worker uses. 0: none, if there is a disk. Default: 64MiB, a small part of the memory of any server.',
      ),
    disk: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'A folder, which all workers share. Answers there survive a restart, and may be larger than memory. It is made if it is missing. Default: none.',
      ),
    diskSize: size(1024 ** 2)
      .exactOptional()
      .describe(
        'How large its files may be together; what is just arriving comes on top. Default: 1GiB, which most disks have.',
      ),
  })
  .describe('Where answers are kept: in memory, and on disk if a folder is named.');

type Options = z.output<typeof schema>;

/** `caches`: named places for answers, which several routes can share. */
export const cachesResource: ResourceFeature<Options, CacheStore> = {
  kind: cacheStoreKind,
  maker: null,
  schema,
  create(name, options, services) {
    const { disk, diskSize, memory } = options;
    if (disk === undefined && diskSize !== undefined)
      throw new OptionsError([{ path: ['diskSize'], message: 'expected the key `disk` beside it' }]);
    if (disk === undefined && memory === 0)
      throw new OptionsError([{ path: ['memory'], message: 'expected more than 0, or the key `disk`' }]);
    const { directory, site, route } = services.location;
    const folder = disk === undefined ? null : resolve(directory, disk);
    const problem = folder === null ? null : cacheFolderProblem(folder);
    if (problem !== null) throw new OptionsError([{ path: ['disk'], message: problem }]);
    // A new configuration with the same options goes on with what is in memory.
    const opened = services.lease(
      'caches',
      JSON.stringify([folder ?? name ?? [site, route], options]),
      () => openStore(folder, options, services),
      (leased) => leased.disk?.close(),
    );
    return { value: opened.store, prepare: () => opened.disk?.prepare() };
  },
};

function openStore(folder: string | null, options: Options, { clock, bus, log }: Services): OpenedStore {
  const { memory, diskSize } = options;
  const fast =
    memory === 0 ? null : createMemoryStore({ clock, ...(memory === undefined ? {} : { maxBytes: memory }) });
  if (folder === null) return { store: fast!, disk: null };
  const topic = `cache ${folder}`;
  const disk = createDiskStore(folder, {
    clock,
    log,
    bus: {
      publish: (message) => bus.publish(topic, message),
      subscribe: (listener) => bus.subscribe(topic, listener),
    },
    ...(diskSize === undefined ? {} : { maxBytes: diskSize }),
  });
  return { store: fast === null ? disk : createTieredStore(fast, disk), disk };
}

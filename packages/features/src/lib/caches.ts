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
import { storesKind } from './stores.ts';

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
    store: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'The name of one of `stores`: several servers share the answers, and purges hold for all of them. What is in memory are copies. Default: none.',
      ),
    storeSize: size(1024 ** 2)
      .exactOptional()
      .describe(
        'How much the answers may take in that store. Default: 256MiB, so that limits and sessions in it keep their room.',
      ),
    onStoreError: z
      .enum(['open', 'local'])
      .exactOptional()
      .describe(
        'What holds while the store cannot be reached. open: requests go on to the origin, since copies may have been purged by others meanwhile. local: the copies are used all the same. Default: open.',
      ),
  })
  .describe(
    'Where answers are kept: in memory, on disk if a folder is named, and in a store that several servers share.',
  );

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
    if (disk === undefined && memory === 0 && options.store === undefined)
      throw new OptionsError([
        { path: ['memory'], message: 'expected more than 0, or one of the keys `disk` and `store`' },
      ]);
    if (disk !== undefined && options.store !== undefined)
      throw new OptionsError([{ path: ['store'], message: 'expected it without the key `disk`' }]);
    for (const key of ['storeSize', 'onStoreError'] as const)
      if (options.store === undefined && options[key] !== undefined)
        throw new OptionsError([{ path: [key], message: 'expected the key `store` beside it' }]);
    const { directory, site, route } = services.location;
    if (options.store !== undefined) return { value: sharedStore(name ?? `${site}${route}`, options, services) };
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

/** A reload makes a new connection, so what is in memory begins anew: everything is in the store. */
function sharedStore(name: string, options: Options, services: Services): CacheStore {
  const { memory, storeSize, onStoreError } = options;
  const stores = services.resource(storesKind, options.store!, ['store']);
  const shared = stores.cache(encodeURIComponent(name), {
    ...(storeSize === undefined ? {} : { maxBytes: storeSize }),
    ...(onStoreError === undefined ? {} : { onStoreError }),
    subscribe: (channel, listener) => stores.subscribe(channel, listener),
  });
  return memory === 0 ? shared : createTieredStore(openMemory(memory, services), shared);
}

function openMemory(maxBytes: number | undefined, { clock }: Pick<Services, 'clock'>): CacheStore {
  return createMemoryStore({ clock, ...(maxBytes === undefined ? {} : { maxBytes }) });
}

function openStore(folder: string | null, options: Options, { clock, bus, log }: Services): OpenedStore {
  const { memory, diskSize } = options;
  const fast = memory === 0 ? null : openMemory(memory, { clock });
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

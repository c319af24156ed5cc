import {
  type Cache,
  type CacheEvent,
  type CacheObserver,
  type CacheOptions,
  type CacheStore,
  createCache,
  createMemoryStore,
  type PurgeSelector,
} from '@windhover/cache';
import { duration, OptionsError, size } from '@windhover/config';
import type { ClientIdentity, HttpRequest } from '@windhover/core';
import type { Feature, Layer, Reason, Services } from '@windhover/core/feature';
import { formatDuration } from '@windhover/options';
import { z } from 'zod';
import { purgeLayer, purgeSchema } from './cache-purge.ts';
import { cacheStoreKind } from './caches.ts';
import { managedCache } from './manage-cache.ts';
import { placeName } from './place-name.ts';

const preset = z
  .enum(['honor-origin', 'micro-cache', 'static-assets'])
  .describe(
    'honor-origin: stores what the fields of the answers allow, and as long as they say. micro-cache: also keeps answers whose origin says nothing for a second. static-assets: also keeps style sheets, scripts, images and fonts whose origin says nothing for an hour.',
  );
const names = () => z.array(z.string().min(1));

const long = z.strictObject({
  preset: preset.exactOptional().describe('Where the other defaults come from. Default: honor-origin.'),
  ttl: duration()
    .nullable()
    .exactOptional()
    .describe(
      'How long a success is fresh if its origin does not say so; not for requests with cookies or a login. null: it is not stored. Default: that of the preset.',
    ),
  notFound: duration().nullable().exactOptional().describe('The same for 404 and 410. Default: that of the preset.'),
  overrideOrigin: z
    .boolean()
    .exactOptional()
    .describe(
      'Whether these times count even if the origin says others; no-store, private and Set-Cookie always win. Default: false, since the origin knows best.',
    ),
  stale: duration()
    .exactOptional()
    .describe('How long a stale answer may be used while it is validated, at least. Default: that of the preset.'),
  staleIfError: duration()
    .exactOptional()
    .describe('How long a stale answer may be used while the origin fails, at least. Default: that of the preset.'),
  ignoreQuery: z
    .union([z.literal(true), names()])
    .exactOptional()
    .describe('Query parameters that do not change the answer, such as utm_*; true: all of them. Default: none.'),
  vary: names()
    .exactOptional()
    .describe('Request fields that answers depend on although their Vary does not say so. Default: none.'),
  key: z
    .strictObject({
      headers: names().exactOptional().describe('Request fields. Default: none.'),
      cookies: names().exactOptional().describe('Cookies. Default: none.'),
    })
    .exactOptional()
    .describe('What belongs to the key besides the URL, without a word to clients. Default: nothing.'),
  store: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .exactOptional()
    .describe(
      'Where answers are kept: the name of one of `caches`, or its options in place, such as { disk: ./cache } or { store: shared }. Default: memory for this route alone.',
    ),
  maxSize: size(1)
    .exactOptional()
    .describe(
      'How much memory each worker uses here, without `store`. Default: 64MiB, a small part of the memory of any server.',
    ),
  maxObject: size(1)
    .exactOptional()
    .describe(
      'Larger answers are not stored. Default: 1MiB in memory, because content that arrives is held there; an eighth of diskSize on disk.',
    ),
  purge: purgeSchema.exactOptional(),
  maxParts: size()
    .exactOptional()
    .describe(
      'How much memory in each worker parts (206) of answers may take that are too large to be stored whole. 0: none are kept. Default: 16MiB, a small part of the memory of any server.',
    ),
  methods: z
    .array(z.enum(['GET', 'HEAD']))
    .refine((methods) => methods.includes('GET'), 'expected GET, or GET and HEAD')
    .exactOptional()
    .describe(
      'The methods that are answered from the cache: GET, or GET and HEAD. Others pass by, because their answers depend on content, which is not part of the key. Default: both.',
    ),
  minUses: z
    .int()
    .min(1)
    .max(255)
    .exactOptional()
    .describe('How often a URL must be asked for before its answer is stored. Default: 1.'),
  ignoreClient: z
    .boolean()
    .exactOptional()
    .describe(
      'Whether Cache-Control of requests is ignored, so that no client can make the origin work. Default: that of the preset, false for honor-origin.',
    ),
  lockTimeout: duration(1)
    .exactOptional()
    .describe(
      'How long requests wait for the answer to another one, before the next of them asks the origin too. Default: 10s.',
    ),
});

const schema = z
  .union([z.literal(true), preset, long])
  .describe(
    'Keeps answers and gives them to other clients (RFC 9111). Requests for one URL at the same time ask the origin once. Each worker process has its own memory; a folder of `store` is shared, and several servers share one of `stores`.',
  );

type Options = z.output<typeof schema>;
interface Purge {
  readonly selector: PurgeSelector;
  readonly soft: boolean;
}

/** `cache`: keeps answers and gives them to other clients. */
export const cacheFeature: Feature<Options> = {
  name: 'cache',
  levels: ['top', 'site', 'route'],
  phases: ['cache'],
  combine: 'replace',
  schema,
  create(options, services) {
    const { bus, location } = services;
    const given = longForm(options);
    const place = JSON.stringify([location.site, location.route]);
    if (given.store !== undefined && given.maxSize !== undefined)
      throw new OptionsError([
        { path: ['maxSize'], message: 'expected it without `store`, which says how large it is' },
      ]);
    const store = given.store === undefined ? null : services.resource(cacheStoreKind, given.store, ['store']);
    // A new configuration with the same options goes on with what is stored.
    const cache = services.lease(
      place,
      JSON.stringify([options, numberOf(store)]),
      () => openCache(given, store, services),
      (leased) => leased.close(),
    );
    services.manage(managedCache(placeName(location), cache, store !== null));
    // A store that several servers share tells all of them, and so the other workers too.
    const isToldByStore = store?.onPurge !== undefined;
    const tell = (selector: PurgeSelector, soft: boolean): void =>
      isToldByStore ? undefined : bus.publish(`purge ${place}`, { selector, soft } satisfies Purge);
    const explain = (request: HttpRequest, client: ClientIdentity) => [explainCache(cache, request, client)];
    const layers: Layer[] = [{ phase: 'cache', run: cache.middleware, explain }];
    if (given.purge !== undefined) layers.unshift(purgeLayer(cache, given.purge, tell));
    let unsubscribe = (): void => undefined;
    return {
      layers,
      prepare() {
        unsubscribe = bus.subscribe(`purge ${place}`, (message) => {
          const { selector, soft } = message as Purge;
          void cache.purge(selector, { soft });
        });
      },
      commit() {
        cache.onInvalidate((selector) => tell(selector, false));
      },
      dispose: () => unsubscribe(),
    };
  },
};

const storeNumbers = new WeakMap<CacheStore, number>();
let lastNumber = 0;

/** A store that a reload has replaced needs a new cache before it. */
function numberOf(store: CacheStore | null): number {
  if (store === null) return 0;
  const number = storeNumbers.get(store) ?? ++lastNumber;
  storeNumbers.set(store, number);
  return number;
}

function longForm(options: Options): z.output<typeof long> {
  if (options === true) return {};
  return typeof options === 'string' ? { preset: options } : options;
}

function openCache(options: z.output<typeof long>, store: CacheStore | null, services: Services): Cache {
  const { clock } = services;
  const { maxSize } = options;
  return createCache({
    ...toOptions(options),
    store: store ?? createMemoryStore({ clock, ...(maxSize === undefined ? {} : { maxBytes: maxSize }) }),
    observer: observerFor(services),
    track: (work, what) => services.track(work, what),
    clock,
  });
}

function toOptions(options: z.output<typeof long>): CacheOptions {
  const {
    ttl,
    notFound,
    overrideOrigin,
    stale,
    staleIfError,
    key,
    maxSize: _size,
    store: _store,
    purge: _purge,
    maxObject,
    maxParts,
    ignoreClient,
    lockTimeout,
    ...same
  } = options;
  return {
    ...same,
    ...(ttl === undefined ? {} : { ttlMs: ttl }),
    ...(notFound === undefined ? {} : { negativeTtlMs: notFound }),
    ...(overrideOrigin === undefined ? {} : { overridesOrigin: overrideOrigin }),
    ...(stale === undefined ? {} : { staleMs: stale }),
    ...(staleIfError === undefined ? {} : { staleIfErrorMs: staleIfError }),
    ...(key?.headers === undefined ? {} : { keyHeaders: key.headers }),
    ...(key?.cookies === undefined ? {} : { keyCookies: key.cookies }),
    ...(maxObject === undefined ? {} : { maxObjectBytes: maxObject }),
    ...(maxParts === undefined ? {} : { maxPartsBytes: maxParts }),
    ...(ignoreClient === undefined ? {} : { ignoresClient: ignoreClient }),
    ...(lockTimeout === undefined ? {} : { lockTimeoutMs: lockTimeout }),
  };
}

function observerFor({ metrics, location }: Pick<Services, 'metrics' | 'location'>): CacheObserver {
  const place = [location.site ?? '', location.route ?? ''];
  const requests = metrics.counter('windhover_cache_requests_total', 'Requests, by what the cache did with them.', [
    'site',
    'route',
    'result',
  ]);
  const of = (result: CacheEvent) => requests.of(...place, result);
  const counters = {
    hit: of('hit'),
    stale: of('stale'),
    revalidated: of('revalidated'),
    collapsed: of('collapsed'),
    miss: of('miss'),
    bypass: of('bypass'),
  };
  const entries = metrics.gauge('windhover_cache_entries', 'Answers that are stored.', ['site', 'route']).of(...place);
  const bytes = metrics.gauge('windhover_cache_bytes', 'Memory of stored answers.', ['site', 'route']).of(...place);
  const total = (name: string, help: string) => metrics.counter(name, help, ['site', 'route']).of(...place);
  const served = total(
    'windhover_cache_served_bytes_total',
    'Content for clients from the store, or shared with others.',
  );
  const fetched = total('windhover_cache_fetched_bytes_total', 'Content from origins, to be stored or shared.');
  return {
    count: (event) => counters[event].add(),
    served: (size) => served.add(size),
    fetched: (size) => fetched.add(size),
    stored(count, size) {
      entries.set(count);
      bytes.set(size);
    },
  };
}

/** A stored answer is looked at, but not used. */
function explainCache(cache: Cache, request: HttpRequest, client: ClientIdentity): Reason {
  const { kind, key, freshForMs } = cache.lookUp({ request, client });
  const time = formatDuration(Math.abs(Math.round(freshForMs)));
  if (kind === 'bypass')
    return { decision: 'passes the request on', because: 'it is no plain GET or HEAD, or changes what it asks for' };
  const because = `of ${key.replaceAll('\n', ' ')}`;
  if (kind === 'hit') return { decision: `answers from the cache, fresh for ${time}`, because, answers: true };
  if (kind === 'stale') return { decision: `answers from the cache, stale for ${time}`, because, answers: true };
  if (kind === 'unknown')
    return { decision: 'asks the shared store, and then for the answer if it is not there', because };
  if (kind === 'revalidate') return { decision: 'asks whether the stored answer is still right', because };
  return {
    decision: 'asks for the answer, and stores it if its fields allow it',
    because: `nothing is stored ${because}`,
  };
}

import { type Clock, type HttpRequest, systemClock } from '@windhover/core';
import {
  anyFunction,
  anyText,
  checkOptions,
  listOf,
  milliseconds,
  orNull,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import type { KeyRules } from './cache-key.ts';
import type { CacheObserver } from './cache-observer.ts';
import type { CacheStore } from './cache-store.ts';
import type { StoringRules } from './decide-storing.ts';
import { optionError } from './errors.ts';
import { createMemoryStore } from './memory-store.ts';
import { type CachePreset, presets } from './presets.ts';

/** How `cache` works. */
export interface CacheOptions {
  /**
   * Where the other defaults come from. Default: `honor-origin`: an answer is stored only if its own fields allow it, and as long as they say.
   * `micro-cache`: answers whose origin says nothing are kept for a second. `static-assets`: style sheets, scripts, images and fonts whose origin says nothing
   * are kept for an hour.
   */
  readonly preset?: CachePreset;
  /**
   * The methods that are answered from the cache: GET, or GET and HEAD. The others pass by, because their answers depend on content, which is not part of the key.
   * Default: both.
   */
  readonly methods?: readonly ('GET' | 'HEAD')[];
  /** Default: a memory store with 64 MiB. */
  readonly store?: CacheStore;
  /** How long a success is fresh if its origin does not say so; `null`: it is not stored. Default: that of the preset. */
  readonly ttlMs?: number | null;
  /** The same for 404 and 410. Default: that of the preset. */
  readonly negativeTtlMs?: number | null;
  /** Whether these times count even if the origin says others. `no-store`, `private` and Set-Cookie always win. Default: false. */
  readonly overridesOrigin?: boolean;
  /** How long a stale answer may be used while it is validated, at least. Default: that of the preset, 0 for `honor-origin`. */
  readonly staleMs?: number;
  /** How long a stale answer may be used while the origin fails, at least. Default: that of the preset, 0 for `honor-origin`. */
  readonly staleIfErrorMs?: number;
  /** Query parameters that do not change the answer, `utm_*` for all that start so; `true`: the whole query. Default: none. */
  readonly ignoreQuery?: true | readonly string[];
  /** Header fields whose values distinguish answers although they are not in `Vary`. It is added to `Vary`. Default: none. */
  readonly vary?: readonly string[];
  /** Header fields whose values belong to the key, without `Vary`: for fields that layers of the same server set. Default: none. */
  readonly keyHeaders?: readonly string[];
  /** Cookies whose values belong to the key. Default: none. */
  readonly keyCookies?: readonly string[];
  /** Larger answers are not stored. Default: 1 MiB in memory, because content that arrives is held there; an eighth of a disk store. */
  readonly maxObjectBytes?: number;
  /**
   * How many bytes of content that is arriving are held in memory, for all answers together. Above that, content is passed on at the pace of its clients, and
   * not stored. Default: 64 MiB, so that many slow clients cannot fill the memory.
   */
  readonly maxArrivingBytes?: number;
  /**
   * How much memory parts (206) of answers may take that are too large to be stored whole. 0: none are kept. Default: 16 MiB. Of one part at most `maxObjectBytes`
   * are kept.
   */
  readonly maxPartsBytes?: number;
  /** How often a URL must be asked for before its answer is stored. Default: 1. */
  readonly minUses?: number;
  /** Whether `Cache-Control` of requests is ignored, so that no client can make the origin work. Default: that of the preset. */
  readonly ignoresClient?: boolean;
  /** How long requests wait for the answer to another one, before the next of them asks the origin too. Default: 10 s. */
  readonly lockTimeoutMs?: number;
  /** How long answers that cannot be stored are fetched for each client alone. Default: 10 s. */
  readonly hitForMissMs?: number;
  /** The name in `Cache-Status`. Default: `Windhover`. */
  readonly name?: string;
  /** Says no to a request. Default: yes to all. */
  readonly when?: (request: HttpRequest) => boolean;
  /** Receives what happens, for metrics. Default: nobody. */
  readonly observer?: CacheObserver;
  /** Registers work in the background, for an orderly stop. Default: nobody waits. */
  readonly track?: (work: Promise<unknown>, what: string) => void;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** The options of a cache, with all defaults. */
export interface CacheSettings {
  readonly store: CacheStore;
  readonly storing: StoringRules;
  readonly key: KeyRules;
  /** How many more bytes of arriving content may be held. */
  readonly budget: { left: number };
  readonly maxPartsBytes: number;
  readonly minUses: number;
  /** Whether HEAD is answered from what is stored. */
  readonly answersHead: boolean;
  readonly ignoresClient: boolean;
  readonly lockTimeoutMs: number;
  readonly hitForMissMs: number;
  readonly name: string;
  readonly when: ((request: HttpRequest) => boolean) | null;
  readonly observer: CacheObserver;
  readonly track: (work: Promise<unknown>, what: string) => void;
  readonly clock: Clock;
}

const names: Rule = listOf('names', anyText);
const optionRules: Rules<CacheOptions> = {
  preset: rule(Object.keys(presets).join(' or '), (value) => Object.hasOwn(presets, value as string)),
  methods: rule(
    'GET, or GET and HEAD: the answer to another method depends on content, which is not part of the key',
    (value) =>
      Array.isArray(value) && value.includes('GET') && value.every((each) => each === 'GET' || each === 'HEAD'),
  ),
  store: withFunctions(['get', 'open', 'update', 'purge'], 'a store, from createMemoryStore()'),
  ttlMs: orNull(milliseconds('from 0 on')),
  negativeTtlMs: orNull(milliseconds('from 0 on')),
  overridesOrigin: trueOrFalse,
  staleMs: milliseconds('from 0 on'),
  staleIfErrorMs: milliseconds('from 0 on'),
  ignoreQuery: rule('true or a list of names', (value) => value === true || names.fault(value, '') === null),
  vary: names,
  keyHeaders: names,
  keyCookies: names,
  maxObjectBytes: wholeNumber(1),
  maxArrivingBytes: wholeNumber(0),
  maxPartsBytes: wholeNumber(0),
  minUses: wholeNumber(1, 255),
  ignoresClient: trueOrFalse,
  lockTimeoutMs: milliseconds('above 0'),
  hitForMissMs: milliseconds('from 0 on'),
  name: rule('a token', (value) => typeof value === 'string' && /^[A-Za-z*][\w.:*/-]*$/.test(value)),
  when: anyFunction,
  observer: withFunctions(['count']),
  track: anyFunction,
  clock: withFunctions(['now', 'schedule']),
};

const nobody: CacheObserver = { count: () => undefined };
const lower = (list: readonly string[] = []): string[] => list.map((name) => name.toLowerCase());

/** Fills in the defaults. Throws `CACHE_OPTION_INVALID`. */
export function resolveCache(options: CacheOptions): CacheSettings {
  checkOptions(options, optionRules, optionError);
  const preset = presets[options.preset ?? 'honor-origin'];
  const { ttlMs = preset.ttlMs, negativeTtlMs = preset.negativeTtlMs } = options;
  const clock = options.clock ?? systemClock;
  const store = options.store ?? createMemoryStore({ clock });
  return {
    store,
    storing: {
      ttlSeconds: ttlMs === null ? null : ttlMs / 1000,
      negativeTtlSeconds: negativeTtlMs === null ? null : negativeTtlMs / 1000,
      overridesOrigin: options.overridesOrigin ?? false,
      assetsOnly: preset.assetsOnly,
      sharesWithCookies: preset.assetsOnly || (options.keyCookies ?? []).length > 0,
      staleSeconds: (options.staleMs ?? preset.staleMs) / 1000,
      staleIfErrorSeconds: (options.staleIfErrorMs ?? preset.staleIfErrorMs) / 1000,
      maxObjectBytes: options.maxObjectBytes ?? store.defaultMaxObjectBytes ?? 1024 * 1024,
      vary: lower(options.vary),
    },
    key: {
      ignoreQuery: options.ignoreQuery ?? [],
      headers: lower(options.keyHeaders),
      cookies: [...(options.keyCookies ?? [])],
    },
    budget: { left: options.maxArrivingBytes ?? 64 * 1024 * 1024 },
    maxPartsBytes: options.maxPartsBytes ?? 16 * 1024 * 1024,
    minUses: options.minUses ?? 1,
    answersHead: options.methods?.includes('HEAD') ?? true,
    ignoresClient: options.ignoresClient ?? preset.ignoresClient,
    lockTimeoutMs: options.lockTimeoutMs ?? 10_000,
    hitForMissMs: options.hitForMissMs ?? 10_000,
    name: options.name ?? 'Windhover',
    when: options.when ?? null,
    observer: options.observer ?? nobody,
    track: options.track ?? (() => undefined),
    clock,
  };
}

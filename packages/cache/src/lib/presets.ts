/** Sets of defaults for common needs. */
export type CachePreset = keyof typeof presets;

/** The defaults that a preset gives. Times are milliseconds. */
export interface PresetDefaults {
  readonly ttlMs: number | null;
  readonly negativeTtlMs: number | null;
  readonly assetsOnly: boolean;
  readonly staleMs: number;
  readonly staleIfErrorMs: number;
  readonly ignoresClient: boolean;
}

const second = 1000;
const minute = 60 * second;

/** Every preset. */
export const presets = {
  'honor-origin': {
    ttlMs: null,
    negativeTtlMs: null,
    assetsOnly: false,
    staleMs: 0,
    staleIfErrorMs: 0,
    ignoresClient: false,
  },
  'micro-cache': {
    ttlMs: second,
    negativeTtlMs: second,
    assetsOnly: false,
    staleMs: second,
    staleIfErrorMs: minute,
    ignoresClient: true,
  },
  'static-assets': {
    ttlMs: 60 * minute,
    negativeTtlMs: null,
    assetsOnly: true,
    staleMs: minute,
    staleIfErrorMs: 24 * 60 * minute,
    ignoresClient: true,
  },
} satisfies Record<string, PresetDefaults>;

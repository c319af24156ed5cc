import { checkFilterOptions } from './check-filter-options.ts';
import type { FilterPreset, NameRules, RequestFilterOptions } from './filter-options.ts';
import { type CompiledRule, compileRule } from './filtering-rule.ts';
import { iisDefaults } from './iis-defaults.ts';
import { createStrictFilter, type StrictFilter } from './strict/strict-filter.ts';
import { TextMatcher } from './text-matcher.ts';

/** Names in lower case. */
export interface NameSets {
  /** `null`: all. */
  readonly allow: ReadonlySet<string> | null;
  readonly deny: ReadonlySet<string>;
}

/** Sequences that are refused, and whole texts that may have them. */
export interface Sequences {
  readonly words: readonly string[];
  readonly matcher: TextMatcher;
  readonly allowed: ReadonlySet<string>;
}

/** Options made ready: everything that a decision needs, compiled once. */
export interface CompiledFilter {
  readonly maxUrlBytes: number;
  readonly maxQueryBytes: number;
  readonly maxBodyBytes: number;
  readonly headerLimits: readonly (readonly [name: string, maxBytes: number])[];
  readonly verbs: NameSets | null;
  readonly extensions: NameSets | null;
  readonly hidden: { readonly names: ReadonlySet<string>; readonly matcher: TextMatcher } | null;
  readonly urlSequences: Sequences | null;
  readonly querySequences: Sequences | null;
  readonly allowDoubleEscaping: boolean;
  readonly allowPlus: boolean;
  readonly allowHighBit: boolean;
  readonly allowInvalidUtf8: boolean;
  /** 1 for each octet whose escape is refused; `null`: none is. */
  readonly refusedOctets: Uint8Array | null;
  readonly rules: readonly CompiledRule[];
  readonly strict: StrictFilter | null;
}

/** Checks the options and compiles them. Throws `REQUEST_FILTER_OPTION_INVALID`. */
export function compileFilter(options: RequestFilterOptions): CompiledFilter {
  checkFilterOptions(options);
  const presets = presetsOf(options.preset);
  const base = presets.includes('iis-defaults') ? iisDefaults : {};
  const given: RequestFilterOptions = { ...base, ...options };
  const { maxHeaderBytes = {} } = given;
  return {
    maxUrlBytes: given.maxUrlBytes ?? Number.POSITIVE_INFINITY,
    maxQueryBytes: given.maxQueryBytes ?? Number.POSITIVE_INFINITY,
    maxBodyBytes: given.maxBodyBytes ?? Number.POSITIVE_INFINITY,
    headerLimits: Object.entries(maxHeaderBytes).map(([name, bytes]) => [name.toLowerCase(), bytes] as const),
    verbs: nameSets(base.verbs, options.verbs),
    extensions: nameSets(base.extensions, options.extensions),
    hidden: hiddenNames(nameSets(base.hiddenSegments, options.hiddenSegments)),
    urlSequences: sequences(given.denyUrlSequences, given.alwaysAllowedUrls),
    querySequences: sequences(given.denyQuerySequences, given.alwaysAllowedQueries),
    allowDoubleEscaping: given.allowDoubleEscaping ?? true,
    allowPlus: given.allowPlus ?? true,
    allowHighBit: given.allowHighBit ?? true,
    allowInvalidUtf8: given.allowInvalidUtf8 ?? false,
    refusedOctets: refusedOctets(given.encodedCharacters ?? {}),
    rules: (given.rules ?? []).map(compileRule),
    strict: presets.includes('strict') ? createStrictFilter(options.strict) : null,
  };
}

function presetsOf(preset: RequestFilterOptions['preset']): readonly FilterPreset[] {
  if (preset === undefined) return [];
  return typeof preset === 'string' ? [preset] : preset;
}

/** The lists of a preset, with those of the options on top. */
function nameSets(base: NameRules = {}, given: NameRules = {}): NameSets | null {
  const { allow, deny = [], remove = [] } = given;
  const removed = new Set(lower(remove));
  const kept = lower(base.deny ?? []).filter((name) => !removed.has(name));
  const allowed = allow === undefined ? null : new Set(lower(allow));
  const denied = new Set([...kept, ...lower(deny)]);
  return allowed === null && denied.size === 0 ? null : { allow: allowed, deny: denied };
}

function hiddenNames(sets: NameSets | null): CompiledFilter['hidden'] {
  return sets === null ? null : { names: sets.deny, matcher: new TextMatcher([...sets.deny]) };
}

function sequences(words: readonly string[] = [], allowed: readonly string[] = []): Sequences | null {
  if (words.length === 0) return null;
  return { words, matcher: new TextMatcher(words), allowed: new Set(lower(allowed)) };
}

function refusedOctets(policy: NonNullable<RequestFilterOptions['encodedCharacters']>): Uint8Array | null {
  const refused = Object.entries(policy).filter(([, answer]) => answer === 'reject');
  if (refused.length === 0) return null;
  const octets = new Uint8Array(256);
  for (const [written] of refused) octets[Number.parseInt(written.slice(1), 16)] = 1;
  return octets;
}

function lower(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}

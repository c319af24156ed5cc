import type { HttpContext, Logger } from '@windhover/core';
import type { Refusal } from './refusal.ts';
import type { StrictOptions } from './strict/strict-options.ts';

/** A ready-made set of options: `iis-defaults` as IIS 10 ships it, `strict` against common attacks. */
export type FilterPreset = 'iis-defaults' | 'strict';

/** Names that are let in or refused. Letter case never matters. */
export interface NameRules {
  /** Only these are let in. Default: all that are not refused. */
  readonly allow?: readonly string[];
  /** These are refused, also if they stand in `allow`. Default: none. */
  readonly deny?: readonly string[];
  /** These are taken out of the lists of a preset. Default: none. */
  readonly remove?: readonly string[];
}

/** A filtering rule: texts that are refused in some parts of a request. */
export interface FilteringRule {
  /** Its name in logs. */
  readonly name: string;
  /** Texts that are refused; letter case does not matter. */
  readonly deny: readonly string[];
  /** Whether the path is searched, as received and decoded. Default: false. */
  readonly scanUrl?: boolean;
  /** Whether the query is searched, as received and decoded. Default: false. */
  readonly scanQuery?: boolean;
  /** The header fields that are searched. Default: none. */
  readonly scanHeaders?: readonly string[];
  /** Whether the whole head is searched as it stands: request line and all fields. Default: false. */
  readonly scanAllRaw?: boolean;
  /** Whether a `%` that begins no escape is refused in what `scanUrl` and `scanQuery` search. Default: true, as in IIS. */
  readonly denyUnescapedPercent?: boolean;
  /** The rule holds for paths that have a name with one of these extensions only. Default: for all. */
  readonly extensions?: readonly string[];
}

/** The escapes that have a policy of their own. */
export type PolicyEscape = '%2f' | '%5c' | '%00' | '%3b' | '%25' | '%3f' | '%23';

/** Is told of every refusal. */
export interface FilterObserver {
  /** @param isDryRun the request went on all the same */
  refused(refusal: Refusal, isDryRun: boolean): void;
}

/** Options of `requestFilter`. What an option leaves out is not checked; sizes are in bytes. */
export interface RequestFilterOptions {
  /** Ready-made options; those beside it come on top. Default: none. */
  readonly preset?: FilterPreset | readonly FilterPreset[];
  /** The longest path. `null`: no limit. Default: `null`; `iis-defaults`: 4,096. */
  readonly maxUrlBytes?: number | null;
  /** The longest query, without its `?`. Default: `null`; `iis-defaults`: 2,048. */
  readonly maxQueryBytes?: number | null;
  /** The largest body, announced or counted while it is read. Default: `null`; `iis-defaults`: 30,000,000. */
  readonly maxBodyBytes?: number | null;
  /** The longest value of single header fields; 0 refuses every request that has the field. Default: no limits. */
  readonly maxHeaderBytes?: Readonly<Record<string, number>>;
  /** Methods. Default: all. */
  readonly verbs?: NameRules;
  /**
   * Extensions of the last name in the path, such as `.config`; `.` stands for none. `deny` holds for the names before it too, because PHP and
   * others take `/a.php/x` for the file `/a.php`. Default: all.
   */
  readonly extensions?: NameRules;
  /** Names that no segment of a path may have. Default: none. */
  readonly hiddenSegments?: Pick<NameRules, 'deny' | 'remove'>;
  /** Texts that a path may not hold, as received or decoded. Default: none. */
  readonly denyUrlSequences?: readonly string[];
  /** Whole paths for which `denyUrlSequences` does not hold. Default: none. */
  readonly alwaysAllowedUrls?: readonly string[];
  /** Texts that a query may not hold, as received or decoded. Default: none. */
  readonly denyQuerySequences?: readonly string[];
  /** Whole queries for which `denyQuerySequences` does not hold. Default: none. */
  readonly alwaysAllowedQueries?: readonly string[];
  /** Whether a path may change when it is decoded twice. Default: true; `iis-defaults`: false. */
  readonly allowDoubleEscaping?: boolean;
  /** Whether a path may have a `+`, which IIS takes for a space that is escaped twice. Default: true; `iis-defaults`: false. */
  readonly allowPlus?: boolean;
  /** Whether a path may have characters outside of ASCII. Default: true. */
  readonly allowHighBit?: boolean;
  /** Whether a path may have octets that are not UTF-8, overlong forms among them. Default: false. */
  readonly allowInvalidUtf8?: boolean;
  /** Escapes that a path may or may not have. Default: all are allowed. */
  readonly encodedCharacters?: Readonly<Partial<Record<PolicyEscape, 'allow' | 'reject'>>>;
  /** Filtering rules. Default: none. */
  readonly rules?: readonly FilteringRule[];
  /** What `strict` looks for; only with that preset. */
  readonly strict?: StrictOptions;
  /** The status of every refusal. Default: that of its kind, as in IIS. */
  readonly status?: number | null;
  /** What a refused request gets: an answer, or a closed connection. Default: `answer`. */
  readonly refuse?: 'answer' | 'drop';
  /** Whether refusals are only told of, and every request goes on. Default: false. */
  readonly dryRun?: boolean;
  /** Says no: a request that is not filtered. Default: all are. */
  readonly when?: (context: HttpContext) => boolean;
  /** Is told of refusals, for metrics. Default: nobody. */
  readonly observer?: FilterObserver;
  /** Hears when requests begin to be refused, once a minute at most. Default: the console. */
  readonly log?: Pick<Logger, 'warn'>;
}

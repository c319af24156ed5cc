import type { Clock, Logger } from '@windhover/core';
import { checkOptions, listOf, oneOf, type Rules, rule, trueOrFalse, withFunctions } from '@windhover/options';
import { optionError } from './errors.ts';
import type { IpDecision } from './ip-decider.ts';
import type { IpList } from './ip-list.ts';
import { checkNameOptions, type NameLookupOptions } from './name-lookup.ts';

/**
 * Whom a rule means: an address, a network such as `10.0.0.0/8`, a range such as `192.0.2.10-192.0.2.20`, one of `loopback`, `private`, `linklocal` and `unix` (clients of a Unix
 * socket), a domain name, or a list of `ipListFile` or `ipListUrl`. `example.com` is this name only, `*.example.com` all names below.
 */
export type IpEntry = string | { readonly domain: string } | IpList;

/** A rule: either `allow` or `deny`. */
export interface IpRule {
  readonly allow?: IpEntry | readonly IpEntry[];
  readonly deny?: IpEntry | readonly IpEntry[];
}

/** Is told of every refusal. */
export interface IpFilterObserver {
  /** @param isDryRun the client was let in all the same */
  denied(decision: IpDecision, isDryRun: boolean): void;
}

/** What all kinds of `ipFilter` understand. */
export interface IpRulesOptions {
  /** Who is let in. */
  readonly allow?: IpEntry | readonly IpEntry[];
  /** Who is kept out. */
  readonly deny?: IpEntry | readonly IpEntry[];
  /** Rules in their order, in place of `allow` and `deny`. */
  readonly rules?: readonly IpRule[];
  /** Those whom no rule means. Default: `deny` if there are only rules that allow, `allow` otherwise. */
  readonly unlisted?: 'allow' | 'deny';
  /**
   * Which rule counts if several match: the `first`, or the one with the smallest network (`longest` prefix; of two with the same network the
   * one that denies; domain names only where no address matches). Default: `first` for `rules`, `longest` for `allow` and `deny`.
   */
  readonly order?: 'first' | 'longest';
  /** How domain names are looked up. */
  readonly names?: NameLookupOptions;
  /** Whether refusals are only told of. Default: false. */
  readonly dryRun?: boolean;
  /** Is told of refusals, for metrics. Default: nobody. */
  readonly observer?: IpFilterObserver;
  /** Hears when clients begin to be refused, once a minute at most. Default: the console. */
  readonly log?: Pick<Logger, 'warn'>;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Options of `ipFilter`. */
export interface IpFilterOptions extends IpRulesOptions {
  /** Whose address counts: the client's, as trusted proxies tell it, or that of the connection. Default: `client`. */
  readonly by?: 'client' | 'connection';
  /** What a refused request gets: 403, 401, 404, or a closed connection. Default: `forbidden`, as in IIS. */
  readonly answer?: 'forbidden' | 'unauthorized' | 'notFound' | 'abort';
}

const anyEntries = rule('an entry or a list of them', (value) => value !== null);

const sharedRules: Rules<IpRulesOptions> = {
  allow: anyEntries,
  deny: anyEntries,
  rules: listOf(
    'rules',
    rule('an object with allow or deny', (value) => typeof value === 'object' && value !== null),
  ),
  unlisted: oneOf('allow', 'deny'),
  order: oneOf('first', 'longest'),
  names: rule('an object', (value) => typeof value === 'object' && value !== null),
  dryRun: trueOrFalse,
  observer: withFunctions(['denied']),
  log: withFunctions(['warn']),
  clock: withFunctions(['now', 'schedule']),
};
const requestRules: Rules<IpFilterOptions> = {
  ...sharedRules,
  by: oneOf('client', 'connection'),
  answer: oneOf('forbidden', 'unauthorized', 'notFound', 'abort'),
};

/** Checks what an untyped program may pass; the entries are checked where they are read. Throws `IP_FILTER_OPTION_INVALID`. */
export function checkIpFilterOptions(options: IpFilterOptions, kind: 'requests' | 'connections'): void {
  checkOptions(options, kind === 'requests' ? requestRules : (sharedRules as Rules<IpFilterOptions>), optionError);
  const { rules, allow, deny, names } = options;
  if (rules !== undefined && (allow !== undefined || deny !== undefined))
    throw optionError('rules: stands in place of allow and deny, so give one of both');
  if (rules === undefined && allow === undefined && deny === undefined && options.unlisted === undefined)
    throw optionError('expected allow, deny or rules');
  if (names !== undefined) checkNameOptions(names);
}

import type { Condition } from './condition.ts';

/** What a rule applies to. All that is given must hold; a rule without any of it applies to every request. */
export interface RuleMatch {
  /** A path: `/old`, `/p/:id`, `/old/*`. `:name` is a segment, `*` at the end all the rest. */
  readonly from?: string;
  /** A regular expression on the path, which begins with `/`, in place of `from`. */
  readonly pattern?: string;
  /** Whether `from` and `pattern` take upper and lower case for the same. Default: false, as paths are. */
  readonly ignoreCase?: boolean;
  /** Whether the rule applies to paths that do not match. There are no groups then. Default: false. */
  readonly not?: boolean;
  /** Default: every method. */
  readonly methods?: readonly string[];
  /** Host names; `*.example.com` is every name below. Default: every host. */
  readonly hosts?: readonly string[];
  /** Conditions that all hold, or one of them with `any`. Default: none. */
  readonly when?: readonly Condition[] | { readonly any: readonly Condition[] };
}

/** The status of a redirect. RFC 9110 §15.4: 303 changes the method to GET, 307 and 308 keep it. */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308;

/** A rule: what it applies to, and one thing that it does. */
export interface Rule extends RuleMatch {
  /** Its name, for `explain` and messages. Default: its place and its path. */
  readonly name?: string;
  /**
   * The path that is asked for from here on, or with `status` where the client is sent. `:name` and `*` stand for those
   * of `from`, `{1}` for a group of `pattern`, `{host}` for a value of the request.
   */
  readonly to?: string;
  /** Makes the rule a redirect. Default: it is a rewrite, which the client does not see. */
  readonly status?: RedirectStatus;
  /** Whether the query of the request is added to that of `to`. Default: keep. */
  readonly query?: 'keep' | 'drop';
  /** Answers with this status, 200 to 599, in place of `to`. */
  readonly respond?: number;
  /** Closes the connection without an answer, in place of `to`. */
  readonly drop?: boolean;
  /** Request headers to set, for what follows. */
  readonly set?: Readonly<Record<string, string>>;
  /** Whether the rules after it are left out. Default: false, they see what it has made of the request. */
  readonly last?: boolean;
}

import { HttpHeaders, type HttpRequest } from '@windhover/core';
import { isToken } from '@windhover/http-semantics';
import {
  anyObject,
  anyText,
  checkOptions,
  isRecord,
  listOf,
  oneOf,
  rule as optionRule,
  type Rules,
  trueOrFalse,
  wholeNumber,
} from '@windhover/options';
import { type CompiledCondition, compileCondition } from './condition.ts';
import { optionError } from './errors.ts';
import { compilePath, literalPrefix } from './path-pattern.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import type { Rule } from './rule.ts';
import type { RuleMap } from './rule-map.ts';
import { compileTarget, type Target } from './target.ts';
import { compileTemplate, type Template, type TemplateNames } from './template.ts';

/** A rule that is ready. */
export interface CompiledRule {
  /** Its place among the rules. */
  readonly index: number;
  /** For `explain` and messages. */
  readonly label: string;
  readonly rule: Rule;
  /** `null`: every path. */
  readonly pattern: Pattern | null;
  readonly methods: ReadonlySet<string> | null;
  readonly hosts: ((host: string) => boolean) | null;
  readonly conditions: readonly CompiledCondition[];
  readonly isAny: boolean;
  readonly target: Target | null;
  readonly set: readonly (readonly [name: string, value: Template])[];
  /** The first segment of every path it can match, in lower case; `null` if there is no such segment. */
  readonly segment: string | null;
}

const optionRules: Rules<Rule> = {
  name: anyText,
  from: anyText,
  pattern: anyText,
  ignoreCase: trueOrFalse,
  not: trueOrFalse,
  methods: listOf(
    'methods',
    optionRule('a method such as GET', (value) => isText(value) && isToken(value)),
  ),
  hosts: listOf(
    'host names',
    optionRule(
      'a name in lower case such as example.com or *.example.com',
      (value) => isText(value) && /^(\*\.)?[a-z0-9.:[\]_-]+$/.test(value),
    ),
  ),
  when: optionRule(
    'a list of conditions, or { any: […] }',
    (value) => Array.isArray(value) || (isRecord(value) && Array.isArray(value['any'])),
  ),
  to: anyText,
  status: optionRule('301, 302, 303, 307 or 308', (value) => [301, 302, 303, 307, 308].includes(value as number)),
  query: oneOf('keep', 'drop'),
  respond: wholeNumber(200, 599),
  drop: trueOrFalse,
  set: anyObject,
  last: trueOrFalse,
};

const isText = (value: unknown): value is string => typeof value === 'string';

/** Compiles a rule. Throws `REWRITE_OPTION_INVALID` and `REWRITE_PATTERN_INVALID`, which name the rule. */
export function compileRule(rule: Rule, index: number, maps: ReadonlyMap<string, RuleMap>): CompiledRule {
  const label = rule?.name ?? `rule ${index + 1}`;
  checkOptions(rule, optionRules, (fault) => optionError(`${label}: ${fault}`));
  checkAction(rule, label);
  const { from, pattern, ignoreCase = false, not = false, methods, hosts, when = [], to, set = {} } = rule;
  if (from !== undefined && pattern !== undefined)
    throw optionError(`${label}: expected either from or pattern, found both`);
  const path = from === undefined ? null : compilePath(from, ignoreCase, `${label}: from`);
  const compiled =
    path?.pattern ??
    (pattern === undefined ? null : compilePattern(pattern, { ignoreCase, label: `${label}: pattern` }));
  const names: TemplateNames = not
    ? { groups: 0, names: new Map(), stars: [], maps }
    : {
        groups: compiled?.groups ?? 0,
        names: path?.names ?? compiled?.names ?? new Map(),
        stars: path?.stars ?? [],
        maps,
      };
  const isAny = 'any' in when;
  const conditions = (isAny ? when.any : when).map((each, at) =>
    compileCondition(each, names, `${label}: when[${at}]`),
  );
  return {
    index,
    label:
      rule.name ?? `rule ${index + 1}${from === undefined && pattern === undefined ? '' : ` (${from ?? pattern})`}`,
    rule,
    pattern: compiled,
    methods: methods === undefined ? null : new Set(methods),
    hosts: hosts === undefined ? null : hostMatcher(hosts),
    conditions,
    isAny,
    target: to === undefined ? null : checkTarget(compileTarget(to, names, `${label}: to`), rule, label),
    set: Object.entries(set).map(([name, value]) => [
      checkName(name, label),
      compileTemplate(value, names, `${label}: set.${name}`),
    ]),
    segment: not
      ? null
      : from === undefined
        ? segmentOfPattern(pattern)
        : segmentOf(literalPrefix(from), !/[:*]/.test(from)),
  };
}

/** Whether the rule's method and host fit. They are looked at before its pattern, because they cost less. */
export function fitsRequest({ methods, hosts }: CompiledRule, { method }: HttpRequest, host: string): boolean {
  return (methods === null || methods.has(method)) && (hosts === null || hosts(host));
}

function checkAction({ to, respond, drop, set, status, query }: Rule, label: string): void {
  const actions = [to !== undefined && 'to', respond !== undefined && 'respond', drop === true && 'drop'].filter(
    Boolean,
  );
  if (actions.length > 1)
    throw optionError(`${label}: expected one of to, respond and drop, found ${actions.join(' and ')}`);
  if (actions.length === 0 && set === undefined && status === undefined && query === undefined)
    throw optionError(`${label}: expected to, respond, drop or set, found none`);
  if (to === undefined && status !== undefined)
    throw optionError(`${label}: status: expected to beside it; a status alone is respond`);
  if (to === undefined && query !== undefined) throw optionError(`${label}: query: expected to beside it`);
}

function checkTarget(target: Target, { to, status }: Rule, label: string): Target {
  if (status === undefined && target.origin.length > 0)
    throw optionError(
      `${label}: to: a rewrite stays on this server; expected a path, or status: 307 to send the client to ${JSON.stringify(to)}`,
    );
  if (status === undefined && target.fragment.length > 0)
    throw optionError(`${label}: to: expected no #, which servers never see, except in a redirect`);
  return target;
}

function checkName(name: string, label: string): string {
  try {
    new HttpHeaders(null, true).set(name, '');
  } catch {
    throw optionError(`${label}: set: expected a header that may be set, found ${JSON.stringify(name)}`);
  }
  if (name.toLowerCase() !== 'host') return name;
  throw optionError(`${label}: set: the host is part of what was asked for; set it at the upstream`);
}

function hostMatcher(hosts: readonly string[]): (host: string) => boolean {
  const exact = new Set(hosts.filter((host) => !host.startsWith('*.')));
  const suffixes = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  return (host) => exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length);
}

/** The segment is whole if a slash follows it, or if the path ends there. */
function segmentOf(prefix: string, isWhole: boolean): string | null {
  const end = prefix.indexOf('/', 1);
  if (end < 0 && !isWhole) return null;
  return prefix.slice(1, end < 0 ? prefix.length : end).toLowerCase();
}

function segmentOfPattern(pattern: string | undefined): string | null {
  const [, segment] = /^\^\/([\w-]+)(?:\/(?![*?+{])|\$$)/.exec(pattern ?? '') ?? [];
  return segment === undefined || pattern!.includes('|') ? null : segment.toLowerCase();
}

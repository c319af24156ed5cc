import type { ClientIdentity, HttpRequest } from '@windhover/core';
import { type CompiledRule, compileRule, fitsRequest } from './compile-rule.ts';
import type { ConditionMatch } from './condition.ts';
import { isSamePlace } from './is-same-place.ts';
import { refuseCircles } from './refuse-circles.ts';
import type { RedirectStatus, Rule } from './rule.ts';
import type { RuleMap } from './rule-map.ts';
import { sendable } from './sendable.ts';
import { type RenderedTarget, renderTarget } from './target.ts';
import { renderText, type TemplateScope } from './template.ts';

/** What the rules make of a request. A rewrite has changed the request itself. */
export type RuleOutcome =
  | { readonly kind: 'pass' }
  | { readonly kind: 'redirect'; readonly status: RedirectStatus; readonly location: string }
  | { readonly kind: 'respond'; readonly status: number }
  | { readonly kind: 'drop' };

/** A rule that matched, for `explain`. */
export interface AppliedRule {
  readonly label: string;
  /** What it has done, such as `rewrites to /product?id=5`. */
  readonly did: string;
}

/** What rules are made with. */
export interface RuleSetOptions {
  /** Tables that rules look values up in, as `{name:{path}}`. Default: none. */
  readonly maps?: Readonly<Record<string, RuleMap>>;
}

const pass: RuleOutcome = { kind: 'pass' };

/**
 * Rules in their order, each of which sees what those before it have made of the request. Throws
 * `REWRITE_OPTION_INVALID` and `REWRITE_PATTERN_INVALID` when it is created.
 */
export class RuleSet {
  readonly #rules: readonly CompiledRule[];
  /** The rules for paths that begin with a segment, in lower case, in order, with those for every path. */
  readonly #bySegment = new Map<string, readonly CompiledRule[]>();
  readonly #forEvery: readonly CompiledRule[];

  constructor(rules: readonly Rule[], { maps = {} }: RuleSetOptions = {}) {
    const named = new Map(Object.entries(maps));
    this.#rules = rules.map((rule, index) => compileRule(rule, index, named));
    this.#forEvery = this.#rules.filter(({ segment }) => segment === null);
    for (const { segment } of this.#rules) {
      if (segment === null || this.#bySegment.has(segment)) continue;
      this.#bySegment.set(
        segment,
        this.#rules.filter((rule) => rule.segment === null || rule.segment === segment),
      );
    }
    refuseCircles(rules, (request, client) => this.run(request, client));
  }

  /**
   * Applies the rules to a request, which they change. A promise only where a rule has looked at the disk. `applied` is
   * told every rule that matched.
   */
  run(
    request: HttpRequest,
    client: ClientIdentity,
    applied?: (rule: AppliedRule) => void,
  ): RuleOutcome | Promise<RuleOutcome> {
    if (!request.path.startsWith('/')) return pass; // OPTIONS * and CONNECT ask for no path
    return this.#runFrom(0, request, client, applied);
  }

  #runFrom(
    first: number,
    request: HttpRequest,
    client: ClientIdentity,
    applied: ((rule: AppliedRule) => void) | undefined,
  ): RuleOutcome | Promise<RuleOutcome> {
    let from = first;
    let candidates = this.#candidates(request.path);
    for (let place = 0; place < candidates.length; place++) {
      const rule = candidates[place]!;
      if (rule.index < from || !fitsRequest(rule, request, client.host)) continue;
      const scope = matchRule(rule, request, client);
      if (scope === null) continue;
      if (scope instanceof Promise) {
        return scope.then((found) => {
          const outcome = found === null ? null : apply(rule, found, applied);
          return outcome ?? this.#runFrom(rule.index + 1, request, client, applied);
        });
      }
      const { path } = request;
      const outcome = apply(rule, scope, applied);
      if (outcome !== null) return outcome;
      if (request.path === path) continue;
      from = rule.index + 1;
      candidates = this.#candidates(request.path);
      place = -1;
    }
    return pass;
  }

  #candidates(path: string): readonly CompiledRule[] {
    if (this.#bySegment.size === 0) return this.#forEvery;
    const end = path.indexOf('/', 1);
    const segment = path.slice(1, end < 0 ? path.length : end).toLowerCase();
    return this.#bySegment.get(segment) ?? this.#forEvery;
  }
}

const noGroups: ConditionMatch = [];

function matchRule(
  { pattern, rule, conditions, isAny }: CompiledRule,
  request: HttpRequest,
  client: ClientIdentity,
): TemplateScope | null | Promise<TemplateScope | null> {
  const match = pattern === null ? noGroups : pattern.exec(request.path);
  const groups = rule.not === true ? (match === null ? noGroups : null) : match;
  if (groups === null) return null;
  const scope: TemplateScope = { request, client, groups, conditionGroups: noGroups };
  return conditions.length === 0 && !isAny ? scope : testFrom(0, scope, conditions, isAny);
}

/** All conditions, or any of them, from one on. The groups are those of the last pattern that matched. */
function testFrom(
  first: number,
  given: TemplateScope,
  conditions: CompiledRule['conditions'],
  isAny: boolean,
): TemplateScope | null | Promise<TemplateScope | null> {
  let scope = given;
  for (const [index, { test, hasGroups }] of conditions.entries()) {
    if (index < first) continue;
    const match = test(scope);
    if (match instanceof Promise) {
      return match.then((found) => {
        if (isAny && found !== null) return scope;
        return !isAny && found === null ? null : testFrom(index + 1, scope, conditions, isAny);
      });
    }
    if (match !== null && hasGroups) scope = { ...scope, conditionGroups: match };
    if (isAny && match !== null) return scope;
    if (!isAny && match === null) return null;
  }
  return isAny ? null : scope;
}

/** Does what a rule says. `null`: the rules after it go on. */
function apply(
  { rule, target, set, label }: CompiledRule,
  scope: TemplateScope,
  applied: ((rule: AppliedRule) => void) | undefined,
): RuleOutcome | null {
  const { request } = scope;
  for (const [name, value] of set) {
    const text = sendable(renderText(value, scope));
    request.headers.set(name, text);
    applied?.({ label, did: `sets ${name}: ${text}` });
  }
  if (rule.drop === true) return tell({ kind: 'drop' }, 'closes the connection');
  if (rule.respond !== undefined) return tell({ kind: 'respond', status: rule.respond }, `answers ${rule.respond}`);
  if (target !== null) {
    const url = toUrl(renderTarget(target, scope), rule, request.query);
    if (url === null) return null;
    if (rule.status !== undefined) {
      if (isSamePlace(url, request, scope.client)) return null;
      return tell({ kind: 'redirect', status: rule.status, location: url }, `answers ${rule.status} to ${url}`);
    }
    request.rewrite(url);
    applied?.({ label, did: `rewrites to ${request.url}` });
  }
  return rule.last === true ? pass : null;

  function tell(outcome: RuleOutcome, did: string): RuleOutcome {
    applied?.({ label, did });
    return outcome;
  }
}

/** `null`: a map has no entry, so the rule does not apply. */
function toUrl(
  { location, query, fragment, hasQuery }: RenderedTarget,
  rule: Rule,
  asked: string | null,
): string | null {
  if (location === '') return null;
  return `${location}${joinQueries(query, hasQuery || rule.query === 'drop' ? null : asked)}${fragment}`;
}

function joinQueries(own: string | null, asked: string | null): string {
  if (asked === null || asked === '') return own === null ? '' : `?${own}`;
  return own === null || own === '' ? `?${asked}` : `?${own}&${asked}`;
}

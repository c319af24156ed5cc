import { HttpHeaders } from '@windhover/core';
import { anyText, checkOptions, isRecord, listOf, rule as optionRule, type Rules } from '@windhover/options';
import { optionError } from './errors.ts';
import { type BodyRule, type HeaderRule, type LinkRule, linkAttributes, type OutboundRule } from './outbound-rule.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { compileTemplate, type Template } from './template.ts';

/** A change of one value. */
export interface ValueChange {
  readonly find: string | null;
  readonly pattern: Pattern | null;
  readonly to: Template;
}

export interface HeaderChange extends ValueChange {
  readonly header: string;
}

export interface LinkChange extends ValueChange {
  /** `null`: all elements. */
  readonly elements: ReadonlySet<string> | null;
}

export interface BodyChange {
  readonly find: string;
  readonly to: Template;
  readonly types: readonly string[];
}

/** Rules that are ready, by what they change. */
export interface OutboundChanges {
  readonly headers: readonly HeaderChange[];
  readonly links: readonly LinkChange[];
  readonly bodies: readonly BodyChange[];
}

/** Compiles rules. Throws `REWRITE_OPTION_INVALID` and `REWRITE_PATTERN_INVALID`, which name the rule. */
export function compileOutbound(rules: readonly OutboundRule[]): OutboundChanges {
  const headers: HeaderChange[] = [];
  const links: LinkChange[] = [];
  const bodies: BodyChange[] = [];
  for (const [index, rule] of rules.entries()) {
    const label = `rule ${index + 1}`;
    if (!isRecord(rule as unknown)) throw optionError(`${label}: expected an object`);
    if ('header' in rule) headers.push(headerChange(rule, label));
    else if ('links' in rule) links.push(linkChange(rule, label));
    else bodies.push(bodyChange(rule, label));
  }
  return { headers, links, bodies };
}

const headerRules: Rules<HeaderRule> = {
  header: anyText,
  find: anyText,
  pattern: anyText,
  to: optionRule('a text', isText),
};
const bodyRules: Rules<BodyRule> = {
  find: anyText,
  to: optionRule('a text', isText),
  types: listOf(
    'media types',
    optionRule('a type such as text/html or text/*', (value) => isText(value) && /^[a-z]+\/[\w*.+-]+$/.test(value)),
  ),
};
const linkRules: Rules<LinkRule> = {
  links: optionRule(`'all' or a list of elements such as a and img`, (value) => value === 'all' || isElements(value)),
  find: anyText,
  pattern: anyText,
  to: optionRule('a text', isText),
};

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isElements(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((each) => Object.hasOwn(linkAttributes, String(each)));
}

function headerChange(rule: HeaderRule, label: string): HeaderChange {
  checkOptions(rule, headerRules, (fault) => optionError(`${label}: ${fault}`));
  try {
    new HttpHeaders(null, true).set(rule.header, '');
  } catch {
    throw optionError(`${label}: header: expected a header that may be set, found ${JSON.stringify(rule.header)}`);
  }
  return { header: rule.header, ...valueChange(rule, label) };
}

function linkChange(rule: LinkRule, label: string): LinkChange {
  checkOptions(rule, linkRules, (fault) => optionError(`${label}: ${fault}`));
  return { elements: rule.links === 'all' ? null : new Set(rule.links), ...valueChange(rule, label) };
}

function bodyChange(rule: BodyRule, label: string): BodyChange {
  checkOptions(rule, bodyRules, (fault) => optionError(`${label}: ${fault}`));
  if (rule.find === undefined || rule.to === undefined) throw optionError(`${label}: expected find and to`);
  return { find: rule.find, to: compile(rule.to, 0, label), types: rule.types ?? ['text/html'] };
}

function valueChange({ find, pattern, to }: HeaderRule | LinkRule, label: string): ValueChange {
  if ((find === undefined) === (pattern === undefined)) throw optionError(`${label}: expected either find or pattern`);
  if (to === undefined) throw optionError(`${label}: expected to`);
  const compiled = pattern === undefined ? null : compilePattern(pattern, { label });
  return { find: find ?? null, pattern: compiled, to: compile(to, compiled?.groups ?? 0, label) };
}

function compile(to: string, groups: number, label: string): Template {
  return compileTemplate(to, { groups, names: new Map(), stars: [], maps: new Map() }, `${label}: to`);
}

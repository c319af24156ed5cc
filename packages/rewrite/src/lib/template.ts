import { listNames, unknownName } from '@windhover/options';
import { optionError } from './errors.ts';
import { foreignValue } from './foreign-value.ts';
import { lowerCase } from './lower-case.ts';
import type { RuleMap } from './rule-map.ts';
import { type ValueKind, type VariableScope, variable, variableNames } from './variables.ts';

/** What a template is filled with. */
export interface TemplateScope extends VariableScope {
  /** The match of the rule and its groups. */
  readonly groups: readonly (string | undefined)[];
  /** The match of the last condition with a pattern, and its groups. */
  readonly conditionGroups: readonly (string | undefined)[];
}

/** The names that a template may use beside those of the request. */
export interface TemplateNames {
  /** How many groups the rule has. */
  readonly groups: number;
  /** The group of each name. */
  readonly names: ReadonlyMap<string, number>;
  /** The group of each `*`, in order. */
  readonly stars: readonly number[];
  readonly maps: ReadonlyMap<string, RuleMap>;
}

/** A text with values in it. */
export interface Template {
  readonly parts: readonly TemplatePart[];
}

/** A literal text, or a value. */
export type TemplatePart = string | TemplateValue;

export interface TemplateValue {
  /** As it is written, for messages. */
  readonly source: string;
  readonly kind: ValueKind;
  /** Who has written it: the client, or the operator in a map. A group is a part of what was matched. */
  readonly from: 'request' | 'group' | 'map';
  read(scope: TemplateScope): string;
}

/**
 * Compiles a text with `{name}`, `{1}`, `{R:1}` or `{C:1}`, functions such as `{ToLower:{host}}`, look-ups in maps
 * `{map:{path}}`, and `:name` and `*` of the rule's path. `{{` is a brace. A value is put in as it is: what stands in it is
 * never read as a placeholder. Throws `REWRITE_OPTION_INVALID`.
 */
export function compileTemplate(source: string, names: TemplateNames, label: string): Template {
  const parts: TemplatePart[] = [];
  const foreign = foreignValue(source);
  if (foreign !== null)
    throw optionError(
      `${label}: ${JSON.stringify(source)}: ${foreign.written} is how other servers write a value; expected \`${foreign.ours}\``,
    );
  const reader = new TemplateReader(source, names, label);
  for (let part = reader.next(); part !== null; part = reader.next()) {
    const last = parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
    else parts.push(part);
  }
  return { parts };
}

/** Fills a template for a place where values stand as they are meant, such as a header or a condition. */
export function renderText({ parts }: Template, scope: TemplateScope): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : part.read(scope);
  return text;
}

const functions: Readonly<Record<string, (text: string) => string>> = {
  tolower: lowerCase,
  toupper: (text) => text.toUpperCase(),
  urlencode: (text) => encodeURIComponent(wellFormed(text)),
  urldecode: decodeLeniently,
};

/** Reads a template from left to right. */
class TemplateReader {
  private position = 0;
  private star = 0;
  private readonly source: string;
  private readonly names: TemplateNames;
  private readonly label: string;

  constructor(source: string, names: TemplateNames, label: string) {
    this.source = source;
    this.names = names;
    this.label = label;
  }

  /** The next part; `null` at the end. */
  next(): TemplatePart | null {
    const { source, position } = this;
    if (position >= source.length) return null;
    if (source.startsWith('{{', position) || source.startsWith('}}', position))
      return this.take(position + 2, source[position]!);
    if (source[position] === '{') return this.placeholder();
    if (source[position] === '*') return this.nextStar();
    const [, name] = /^:([A-Za-z_]\w*)/.exec(source.slice(position)) ?? [];
    if (name !== undefined && this.names.names.has(name))
      return this.take(position + 1 + name.length, groupValue(`:${name}`, this.names.names.get(name)!));
    if (name !== undefined && /[/=]/.test(source[position - 1] ?? ''))
      throw this.error(`:${name} does not stand in \`from\``);
    const end = source.slice(position + 1).search(/[{}*:]/);
    const next = end < 0 ? source.length : position + 1 + end;
    return this.take(next, source.slice(position, next));
  }

  private take<T>(position: number, part: T): T {
    this.position = position;
    return part;
  }

  private nextStar(): TemplatePart {
    const { stars } = this.names;
    if (stars.length === 0) return this.take(this.position + 1, '*');
    const group = stars[this.star++];
    if (group === undefined) throw this.error(`it has more * than \`from\`, which has ${stars.length}`);
    return this.take(this.position + 1, groupValue('*', group));
  }

  private placeholder(): TemplatePart {
    const { source, position } = this;
    const end = closingBrace(source, position);
    if (end < 0) throw this.error('a { is not closed; a brace of the text is written {{');
    return this.take(end + 1, this.value(source.slice(position + 1, end)));
  }

  private value(name: string): TemplateValue {
    const source = `{${name}}`;
    const [, kind, digits] = /^(?:([RC]):)?(\d{1,2})$/.exec(name) ?? [];
    if (digits !== undefined)
      return kind === 'C' ? conditionValue(source, Number(digits)) : this.group(source, Number(digits));
    const [, prefix, inner] = /^([\w.-]+):(.*)$/s.exec(name) ?? [];
    if (prefix !== undefined) return this.call(source, prefix, inner!);
    const group = this.names.names.get(name);
    if (group !== undefined) return groupValue(source, group);
    const found = variable(name);
    if (found === undefined)
      throw this.error(unknownName({ [name]: true }, [...this.names.names.keys(), ...variableNames])!);
    return { source, kind: found.kind, from: 'request', read: (scope) => found.read(scope) };
  }

  private group(source: string, group: number): TemplateValue {
    if (group > this.names.groups) throw this.error(`${source}: the rule has ${this.names.groups} groups`);
    return groupValue(source, group);
  }

  private call(source: string, name: string, argument: string): TemplateValue {
    const input = compileTemplate(argument, this.names, this.label);
    const kind = input.parts.every((part) => typeof part === 'string' || part.kind !== 'text') ? 'path' : 'text';
    const apply = functions[name.toLowerCase()];
    if (apply !== undefined) {
      const own = /^url/i.test(name) ? (/^urlencode$/i.test(name) ? 'path' : 'text') : kind;
      return { source, kind: own, from: 'request', read: (scope) => apply(renderText(input, scope)) };
    }
    const map = this.names.maps.get(name);
    const known = [...this.names.maps.keys(), 'ToLower', 'ToUpper', 'UrlEncode', 'UrlDecode'];
    if (map === undefined)
      throw this.error(`${source}: ${name} is no map and no function; there are ${listNames(known)}`);
    return { source, kind: 'query', from: 'map', read: (scope) => map.get(renderText(input, scope)) ?? '' };
  }

  private error(why: string): Error {
    return optionError(`${this.label}: ${JSON.stringify(this.source)}: ${why}`);
  }
}

function groupValue(source: string, group: number): TemplateValue {
  return { source, kind: 'path', from: 'group', read: ({ groups }) => groups[group] ?? '' };
}

/** What a condition matches may be any text. */
function conditionValue(source: string, group: number): TemplateValue {
  return { source, kind: 'text', from: 'request', read: ({ conditionGroups }) => conditionGroups[group] ?? '' };
}

function closingBrace(source: string, from: number): number {
  let depth = 0;
  for (let index = from; index < source.length; index++) {
    if (source[index] === '{') depth += 1;
    else if (source[index] === '}' && --depth === 0) return index;
  }
  return -1;
}

/** Half of a character, as a group of a pattern may be, cannot be encoded. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // URIError: its escapes are not UTF-8, so it stays as it is
  }
}

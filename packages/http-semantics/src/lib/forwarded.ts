import { SemanticsError } from './errors.ts';
import { type ForwardedNode, formatForwardedNode, parseForwardedNode } from './forwarded-node.ts';
import { parseHost, parseScheme } from './host.ts';
import { parseListField } from './list-field.ts';
import { parseParameters } from './parameters.ts';
import { formatTokenOrQuotedString } from './quoted-string.ts';
import { requireToken } from './token.ts';

/** One proxy's information about the request it received (RFC 7239 §4). */
export interface ForwardedElement {
  /** The node that sent the request to the proxy. */
  readonly for?: ForwardedNode;
  /** The interface on which the proxy received it. */
  readonly by?: ForwardedNode;
  /** The Host it received, in lower case. */
  readonly host?: string;
  /** The scheme of the request, in lower case. */
  readonly proto?: string;
  /** Other parameters, by lower-case name. */
  readonly extensions?: ReadonlyMap<string, string>;
}

const knownNames = new Set(['for', 'by', 'host', 'proto']);

/**
 * Parses Forwarded, one entry per element, the nearest proxy last. An element with any malformed part becomes null but
 * keeps its place, so that a walk from the right stops there.
 */
export function parseForwarded(value: string): (ForwardedElement | null)[] {
  return parseListField(value).map(parseElement);
}

/** Formats Forwarded. Throws `SEMANTICS_INVALID_FORWARDED` for an invalid node, host or scheme. */
export function formatForwarded(elements: readonly ForwardedElement[]): string {
  return elements.map(formatElement).join(', ');
}

function parseElement(text: string): ForwardedElement | null {
  const parameters = parseParameters(`;${text}`);
  if (parameters === null || parameters.size === 0) return null;
  const element: { -readonly [Key in keyof ForwardedElement]: ForwardedElement[Key] } = {};
  for (const name of ['for', 'by'] as const) {
    const text = parameters.get(name);
    if (text === undefined) continue;
    const node = parseForwardedNode(text);
    if (node === null) return null;
    element[name] = node;
  }
  for (const [name, parse] of [
    ['host', parseHost],
    ['proto', parseScheme],
  ] as const) {
    const text = parameters.get(name);
    if (text === undefined) continue;
    const parsed = parse(text);
    if (parsed === null) return null;
    element[name] = parsed;
  }
  const extensions = [...parameters].filter(([name]) => !knownNames.has(name));
  if (extensions.length > 0) element.extensions = new Map(extensions);
  return element;
}

function formatElement(element: ForwardedElement): string {
  const pairs: string[] = [];
  if (element.for !== undefined) pairs.push(`for=${formatForwardedNode(element.for)}`);
  if (element.by !== undefined) pairs.push(`by=${formatForwardedNode(element.by)}`);
  if (element.host !== undefined) pairs.push(`host=${formatChecked(element.host, parseHost)}`);
  if (element.proto !== undefined) pairs.push(`proto=${formatChecked(element.proto, parseScheme)}`);
  for (const [name, value] of element.extensions ?? []) {
    if (knownNames.has(name.toLowerCase()))
      throw new SemanticsError('SEMANTICS_INVALID_FORWARDED', `extension ${name}`);
    pairs.push(`${requireToken(name)}=${formatTokenOrQuotedString(value)}`);
  }
  if (pairs.length === 0) throw new SemanticsError('SEMANTICS_INVALID_FORWARDED', 'an element without parameters');
  return pairs.join(';');
}

function formatChecked(text: string, parse: (text: string) => string | null): string {
  if (parse(text) === null) throw new SemanticsError('SEMANTICS_INVALID_FORWARDED', JSON.stringify(text));
  return formatTokenOrQuotedString(text);
}

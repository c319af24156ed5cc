import type { HttpHeaders } from '@windhover/core';
import type { CompiledFilter, NameSets, Sequences } from './compile-filter.ts';
import { type DecodedText, decodeEscapes, escapeAt } from './decode-escapes.ts';
import { extensionsOf, outerExtensionsOf } from './extensions-of.ts';
import { isDoubleEscaped } from './is-double-escaped.ts';
import { pathNames } from './path-names.ts';
import { type Refusal, refusal } from './refusal.ts';

/** The parts of a request that decide. A request of `@windhover/core` has all of them but `bodyLength`. */
export interface FilterRequest {
  readonly method: string;
  /** As received. */
  readonly target: string;
  readonly httpVersion?: string;
  /** As it is now: normalised, and perhaps rewritten. */
  readonly path: string;
  readonly query: string | null;
  readonly headers: Pick<HttpHeaders, 'fields' | 'get'>;
}

/**
 * Decides whether a request is refused, and by which rule; `null`: it is not. It looks at the target as received, decoded
 * once, and as it is now.
 *
 * @param bodyLength the announced length of the body; `null` if it is not known
 */
export function decideRequest(
  request: FilterRequest,
  filter: CompiledFilter,
  bodyLength: number | null,
): Refusal | null {
  const { target, method } = request;
  if (bodyLength !== null && bodyLength > filter.maxBodyBytes)
    return refusal('REQUEST_FILTER_BODY_TOO_LARGE', `body of ${bodyLength} bytes, at most ${filter.maxBodyBytes}`);
  const start = pathStart(target);
  const mark = target.indexOf('?', start);
  const rawPath = mark < 0 ? (start === 0 ? target : target.slice(start)) : target.slice(start, mark);
  const rawQuery = mark < 0 ? null : target.slice(mark + 1);
  if (rawPath.length > filter.maxUrlBytes)
    return refusal('REQUEST_FILTER_URL_TOO_LONG', `path of ${rawPath.length} bytes, at most ${filter.maxUrlBytes}`);
  if (rawQuery !== null && rawQuery.length > filter.maxQueryBytes)
    return refusal(
      'REQUEST_FILTER_QUERY_TOO_LONG',
      `query of ${rawQuery.length} bytes, at most ${filter.maxQueryBytes}`,
    );
  if (filter.verbs !== null && !isVerbAllowed(method, filter.verbs))
    return refusal('REQUEST_FILTER_VERB', `method ${method}`);
  return (
    longHeader(request, filter) ??
    (rawPath.startsWith('/') ? refusedPath(rawPath, request.path, filter) : null) ??
    refusedQueries(rawQuery, request.query, filter) ??
    refusedByRule(request, rawPath, rawQuery, filter) ??
    filter.strict?.decide(request, rawPath, rawQuery) ??
    null
  );
}

/** Where the path begins: 0, or behind the authority of an absolute form. */
function pathStart(target: string): number {
  if (target.charCodeAt(0) === 0x2f) return 0;
  const authority = target.indexOf('://');
  if (authority < 0) return 0;
  for (let index = authority + 3; index < target.length; index++) {
    const code = target.charCodeAt(index);
    if (code === 0x2f || code === 0x3f) return index;
  }
  return target.length;
}

/** Methods are case-sensitive (RFC 9110 §9.1), so `allow` means the spelling; `deny` holds for every spelling. */
function isVerbAllowed(method: string, { allow, deny }: NameSets): boolean {
  const lower = method.toLowerCase();
  if (deny.has(lower)) return false;
  return allow === null || (allow.has(lower) && method === method.toUpperCase());
}

function longHeader({ headers }: FilterRequest, { headerLimits }: CompiledFilter): Refusal | null {
  for (const [name, maxBytes] of headerLimits) {
    const value = headers.get(name);
    if (value !== undefined && (maxBytes === 0 || value.length > maxBytes))
      return refusal('REQUEST_FILTER_HEADER_TOO_LONG', `field ${name} of ${value.length} bytes, at most ${maxBytes}`);
  }
  return null;
}

/** Whether the extensions of a path have to be found: most paths without a dot have none that is refused. */
function canRefuse({ allow, deny }: NameSets, text: string): boolean {
  return allow !== null || deny.has('.') || text.includes('.') || !isAscii(text);
}

/** The path as received, decoded, and as it is now. */
function refusedPath(raw: string, current: string, filter: CompiledFilter): Refusal | null {
  const hasEscape = raw.includes('%');
  if (!hasEscape && raw === current && isAscii(raw)) return refusedText(raw, raw, filter);
  const { refusedOctets } = filter;
  const octet = refusedOctets === null ? -1 : refusedEscape(raw, refusedOctets);
  if (octet >= 0) return refusal('REQUEST_FILTER_ENCODED_CHARACTER', `escape %${octet.toString(16).padStart(2, '0')}`);
  const decoded = decodeEscapes(raw);
  const now = raw === current ? decoded : decodeEscapes(current);
  return (
    refusedDecoded(decoded, filter) ??
    refusedText(raw, decoded.text, filter) ??
    (now.text === decoded.text ? null : (refusedDecoded(now, filter) ?? refusedText(current, now.text, filter)))
  );
}

function refusedDecoded({ text, hasHighBit, isUtf8 }: DecodedText, filter: CompiledFilter): Refusal | null {
  if (!isUtf8 && !filter.allowInvalidUtf8)
    return refusal('REQUEST_FILTER_ENCODING_INVALID', 'octets that are not UTF-8');
  if (hasHighBit && !filter.allowHighBit) return refusal('REQUEST_FILTER_HIGH_BIT', 'character outside of ASCII');
  if (!filter.allowDoubleEscaping && isDoubleEscaped(text))
    return refusal('REQUEST_FILTER_DOUBLE_ESCAPED', 'double escaping');
  return null;
}

function refusedText(raw: string, text: string, filter: CompiledFilter): Refusal | null {
  if (!filter.allowPlus && text.includes('+'))
    return refusal('REQUEST_FILTER_DOUBLE_ESCAPED', 'double escaping: a plus');
  const { urlSequences, extensions, hidden } = filter;
  if (urlSequences !== null) {
    const word = sequenceIn(raw, text, urlSequences);
    if (word !== null) return refusal('REQUEST_FILTER_SEQUENCE', `URL sequence ${word}`);
  }
  if (extensions !== null && canRefuse(extensions, text)) {
    const extension =
      extensionsOf(text).find(
        (each) => extensions.deny.has(each) || (extensions.allow !== null && !extensions.allow.has(each)),
      ) ?? outerExtensionsOf(text).find((each) => extensions.deny.has(each));
    if (extension !== undefined) return refusal('REQUEST_FILTER_EXTENSION', `extension ${extension}`);
  }
  if (hidden !== null && (hidden.matcher.first(text) >= 0 || !isAscii(text))) {
    for (const name of pathNames(text))
      if (hidden.names.has(name)) return refusal('REQUEST_FILTER_HIDDEN_SEGMENT', `hidden segment ${name}`);
  }
  return null;
}

function refusedQueries(raw: string | null, current: string | null, filter: CompiledFilter): Refusal | null {
  const { querySequences } = filter;
  if (querySequences === null) return null;
  for (const query of raw === current ? [raw] : [raw, current]) {
    if (query === null) continue;
    const word =
      sequenceIn(query, decodeEscapes(query).text, querySequences) ??
      (query.includes('+') ? sequenceInForm(query, querySequences) : null);
    if (word !== null) return refusal('REQUEST_FILTER_QUERY_SEQUENCE', `query sequence ${word}`);
  }
  return null;
}

/** The first refused sequence in a text as received or decoded, unless the whole text is always allowed. */
function sequenceIn(raw: string, text: string, { words, matcher, allowed }: Sequences): string | null {
  const at = matcher.first(text);
  const word = at >= 0 || raw === text ? at : matcher.first(raw);
  return word < 0 || allowed.has(text.toLowerCase()) ? null : words[word]!;
}

/** The same in a query as a form has it, with `+` for spaces. A query that is always allowed may be written in either way. */
function sequenceInForm(query: string, sequences: Sequences): string | null {
  if (sequences.allowed.has(decodeEscapes(query).text.toLowerCase())) return null;
  const text = decodeForm(query);
  return sequenceIn(text, text, sequences);
}

function decodeForm(query: string): string {
  return decodeEscapes(query.replaceAll('+', ' ')).text;
}

function refusedByRule(
  { method, target, httpVersion, headers }: FilterRequest,
  rawPath: string,
  rawQuery: string | null,
  { rules }: CompiledFilter,
): Refusal | null {
  if (rules.length === 0) return null;
  const path = bothForms(rawPath);
  const scanned = {
    ...{ method, target, path, fields: headers.fields },
    ...(httpVersion === undefined ? {} : { httpVersion }),
    query: rawQuery === null ? [] : [...bothForms(rawQuery), ...(rawQuery.includes('+') ? [decodeForm(rawQuery)] : [])],
    extensions: [...extensionsOf(path.at(-1)!), ...outerExtensionsOf(path.at(-1)!)],
  };
  for (const rule of rules) {
    const why = rule(scanned);
    if (why !== null) return refusal('REQUEST_FILTER_RULE', why);
  }
  return null;
}

function bothForms(raw: string): readonly string[] {
  return raw.includes('%') ? [raw, decodeEscapes(raw).text] : [raw];
}

/** The first octet in escaped form that is refused; -1 if there is none. */
function refusedEscape(raw: string, refused: Uint8Array): number {
  for (let index = raw.indexOf('%'); index >= 0; index = raw.indexOf('%', index + 1)) {
    const octet = escapeAt(raw, index);
    if (octet >= 0 && refused[octet] === 1) return octet;
  }
  return -1;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

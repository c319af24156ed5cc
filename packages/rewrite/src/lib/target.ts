import { optionError, rewriteError } from './errors.ts';
import {
  compileTemplate,
  type TemplateNames,
  type TemplatePart,
  type TemplateScope,
  type TemplateValue,
  wellFormed,
} from './template.ts';

/** Where a rule leads: a path with query, or an absolute URL. */
export interface Target {
  /** Scheme and host; empty for a path on the same host. */
  readonly origin: readonly TemplatePart[];
  readonly path: readonly TemplatePart[];
  /** `null`: the target names no query. */
  readonly query: readonly TemplatePart[] | null;
  /** The text from `#` on. */
  readonly fragment: readonly TemplatePart[];
  /** It is a look-up in a map alone, which may hold a path or an absolute URL. */
  readonly isMap: boolean;
}

/**
 * Compiles the target of a rule. Values that a client sends cannot choose the host: they stand in the host only in front
 * of a domain of yours, as in `https://{1}.example.com`. Throws `REWRITE_OPTION_INVALID`.
 */
export function compileTarget(source: string, names: TemplateNames, label: string): Target {
  const { parts } = compileTemplate(source, names, label);
  const [origin, afterOrigin] = isAbsolute(parts) ? splitAt(parts, /(?<!:)(?<!:\/)\/|[?#]/, isPathValue) : [[], parts];
  const [path, afterPath] = splitAt(afterOrigin, /[?#]/);
  const hasQuery = startOf(afterPath) === '?';
  const [query, fragment] = hasQuery ? splitAt(afterPath, /#/) : [[], afterPath];
  const isMap = parts.length === 1 && isMapValue(parts[0]!);
  if (origin.length === 0 && startOf(path) !== '/' && !isMap && !isPathValue(path[0]))
    throw optionError(
      `${label}: expected a path that begins with /, or an absolute URL, found ${JSON.stringify(source)}`,
    );
  checkOrigin(origin, source, label);
  return { origin, path, query: hasQuery ? withoutFirst(query) : null, fragment, isMap };
}

/** The path or URL, without a query, in which no value has become more than it was; `query` is the target's own. */
export function renderTarget(target: Target, scope: TemplateScope): RenderedTarget {
  if (target.isMap) return splitText(fill(target.path, scope, asItIs));
  const url = fill(target.path, scope, inPath);
  if (target.path.length > 1 && dotSegment.test(url.split('?', 1)[0]!))
    throw rewriteError('REWRITE_VALUE_REFUSED', 'a value of it would lead out of the folder it is put into');
  const mark = url.indexOf('?'); // `{url}` has a query
  const path = mark < 0 ? url : url.slice(0, mark);
  const included = mark < 0 ? null : url.slice(mark + 1);
  const origin = fill(target.origin, scope, inOrigin);
  return {
    // A browser reads //name and /\name as another host.
    location: origin === '' ? path.replace(/^[/\\]{2,}/, '/') : origin + (path === '' ? '/' : path),
    query: target.query === null ? included : fill(target.query, scope, inQuery),
    fragment: fill(target.fragment, scope, inQuery),
    hasQuery: included !== null,
  };
}

/** A segment that leads to another folder, as whoever reads the path may decode it. */
const dotSegment = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:[/\\;]|%2f|%5c|%3b|$)/i;

/** A target that is filled. */
export interface RenderedTarget {
  readonly location: string;
  readonly query: string | null;
  /** With its `#`; empty if there is none. */
  readonly fragment: string;
  /** Whether the query of the request is in it already. */
  readonly hasQuery: boolean;
}

/** Splits a path or URL that an operator has written. */
export function splitText(text: string): RenderedTarget {
  const [, location = '', query = null, fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(text)!;
  return { location, query, fragment, hasQuery: false };
}

const own = new Set(['{host}', '{hostport}', '{HTTP_HOST}', '{SERVER_NAME}', '{port}', '{SERVER_PORT}', '{scheme}']);

type Encode = (value: TemplateValue, text: string) => string;

function fill(parts: readonly TemplatePart[], scope: TemplateScope, encode: Encode): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : encode(part, part.read(scope));
  return text;
}

const asItIs: Encode = (_, text) => text;

const inPath: Encode = ({ kind }, text) => {
  if (kind === 'text') return encodeURIComponent(wellFormed(text));
  return kind === 'url' ? text : text.replace(/[?#]/g, encodeURIComponent);
};

const inQuery: Encode = ({ kind }, text) => {
  if (kind === 'text' || kind === 'url') return encodeURIComponent(wellFormed(text));
  return kind === 'query' ? text.replace(/#/g, '%23') : text.replace(/[&=+;?#]/g, encodeURIComponent);
};

/** What cannot stand in a name would end it for somebody, so it is left out of what a client chooses. */
const inOrigin: Encode = ({ source }, text) => {
  const lower = text.toLowerCase();
  if (own.has(source)) return lower.replace(/[^a-z0-9.:[\]-]/g, '');
  return lower
    .replace(/[^a-z0-9.-]/g, '')
    .replace(/\.{2,}/g, '.')
    .replace(/^\.|\.$/g, '');
};

function isAbsolute([first, second]: readonly TemplatePart[]): boolean {
  if (typeof first === 'string') return /^[a-z][a-z0-9+.-]*:\/\//i.test(first);
  return first?.source === '{scheme}' && typeof second === 'string' && second.startsWith('://');
}

/** Splits before the first literal character that `stop` finds, or before the value that `isStop` finds. */
function splitAt(
  parts: readonly TemplatePart[],
  stop: RegExp,
  isStop: (part: TemplatePart) => boolean = () => false,
): [TemplatePart[], TemplatePart[]] {
  for (const [index, part] of parts.entries()) {
    if (isStop(part)) return [parts.slice(0, index), parts.slice(index)];
    const at = typeof part === 'string' ? part.search(stop) : -1;
    if (at < 0) continue;
    const text = part as string;
    const before = at === 0 ? [] : [text.slice(0, at)];
    return [
      [...parts.slice(0, index), ...before],
      [text.slice(at), ...parts.slice(index + 1)],
    ];
  }
  return [[...parts], []];
}

function startOf([first]: readonly TemplatePart[]): string {
  return typeof first === 'string' ? first[0]! : '';
}

function withoutFirst([first, ...rest]: readonly TemplatePart[]): TemplatePart[] {
  const text = (first as string).slice(1);
  return text === '' ? rest : [text, ...rest];
}

function isMapValue(part: TemplatePart): boolean {
  return typeof part !== 'string' && part.from === 'map';
}

/** A value that begins with a slash: `{path}`, `{ToLower:{URL}}`. */
function isPathValue(part: TemplatePart | undefined): boolean {
  const source = typeof part === 'object' ? part.source : '';
  return /^\{(?:To(?:Lower|Upper):\{)?(?:path|url|REQUEST_URI)\}{1,2}$/i.test(source);
}

function checkOrigin(origin: readonly TemplatePart[], source: string, label: string): void {
  for (const [index, part] of origin.entries()) {
    if (typeof part === 'string' || own.has(part.source)) continue;
    const next = origin[index + 1];
    if (typeof next === 'string' && /^\.[a-z0-9-]+(\.[a-z0-9-]+)+/i.test(next)) continue;
    throw optionError(
      `${label}: ${JSON.stringify(source)}: ${part.source} would let a client choose the host it is sent to; expected a host of yours, or {1}.example.com`,
    );
  }
}

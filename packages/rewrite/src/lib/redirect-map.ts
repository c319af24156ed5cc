import { canonicalPath, type HttpContext, type HttpRequest, type Middleware } from '@windhover/core';
import { circleOf } from './circle-of.ts';
import { rewriteError } from './errors.ts';
import { isSamePlace } from './is-same-place.ts';
import type { RedirectStatus } from './rule.ts';
import { mapFields } from './rule-map.ts';

/** Where a request is sent. */
export interface MappedRedirect {
  readonly location: string;
  readonly status: RedirectStatus;
}

/** How a map of redirects is used. */
export interface RedirectMapOptions {
  /** The status of entries that name none. Default: 301, because a list of moved pages is permanent. */
  readonly status?: RedirectStatus;
  /** Whether upper and lower case of the path are the same. Default: false. */
  readonly ignoreCase?: boolean;
  /** Whether the query of the request is kept. An entry with a query of its own matches that query and drops it. Default: keep. */
  readonly query?: 'keep' | 'drop';
  /** The name of the file, for messages. Default: `the map`. */
  readonly source?: string;
}

/** A message with more lines helps nobody. */
const mostFaults = 20;

/** Thousands of old addresses and where each is now: one look-up for a request, however many there are. */
export class RedirectMap {
  readonly #targets = new Map<string, string>();
  readonly #statuses = new Map<string, RedirectStatus>();
  readonly #status: RedirectStatus;
  readonly #ignoreCase: boolean;
  readonly #keepsQuery: boolean;

  /**
   * Reads lines of `old new`, separated by a comma, a tab or spaces, with a status after them if wanted. Lines that begin
   * with `#` and empty lines are left out, and so is a `;` at the end. Throws `REWRITE_MAP_INVALID`, which names the line.
   */
  constructor(text: string, options: RedirectMapOptions = {}) {
    const { status = 301, ignoreCase = false, query = 'keep', source = 'the map' } = options;
    this.#status = status;
    this.#ignoreCase = ignoreCase;
    this.#keepsQuery = query === 'keep';
    const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
    const place = (index: number, why: string): string => `${source}:${index + 1}: ${why}`;
    const lineOf = (key: string): number => lines.findIndex((line) => this.#keyOf(mapFields(line)?.[0] ?? '') === key);
    const faults: string[] = [];
    for (const [index, line] of lines.entries()) {
      const fields = mapFields(line);
      if (fields === null || (index === 0 && isHeading(fields))) continue;
      const fault = this.#add(fields);
      if (fault === null) continue;
      const isTwice = fault === '';
      faults.push(
        place(index, isTwice ? `${fields[0]} stands in line ${lineOf(this.#keyOf(fields[0]!)!) + 1} too` : fault),
      );
      if (faults.length === mostFaults) break;
    }
    if (faults.length > 0) throw rewriteError('REWRITE_MAP_INVALID', faults.join('; '));
    const circle = circleOf(this.#targets.keys(), (key) => this.#keyOfTarget(this.#targets.get(key)!));
    if (circle === null) return;
    const why = `the redirects go in a circle: ${circle.join(' → ')}`;
    throw rewriteError('REWRITE_MAP_INVALID', place(lineOf(circle[0]), why));
  }

  /** The number of entries. */
  get size(): number {
    return this.#targets.size;
  }

  /** Where the request is sent; `null` if it is not in the map. */
  find({ path, query }: Pick<HttpRequest, 'path' | 'query'>): MappedRedirect | null {
    const plain = this.#ignoreCase ? path.toLowerCase() : path;
    const exact = query === null ? undefined : this.#targets.get(`${plain}?${query}`);
    if (exact !== undefined)
      return { location: exact, status: this.#statuses.get(`${plain}?${query}`) ?? this.#status };
    const target = this.#targets.get(plain);
    if (target === undefined) return null;
    return { location: this.#withQuery(target, query), status: this.#statuses.get(plain) ?? this.#status };
  }

  #withQuery(target: string, query: string | null): string {
    if (query === null || query === '' || !this.#keepsQuery) return target;
    const [, before, fragment = ''] = /^([^#]*)(#.*)?$/s.exec(target)!;
    return `${before}${before!.includes('?') ? '&' : '?'}${query}${fragment}`;
  }

  /** What is wrong with a line; `''` if its old address stands there already, `null` if nothing is. */
  #add([from, to, status]: readonly string[]): string | null {
    if (to === undefined) return `expected an old and a new address, found ${JSON.stringify(from)}`;
    if (!/^(?:\/(?![/\\])|https?:\/\/[^/?#\s]+)/i.test(to))
      return `expected a path that begins with one /, or an http address, found ${JSON.stringify(to)}`;
    if (!/^[\x21-\x7e]*$/.test(to)) return `expected an address in its encoded form, found ${JSON.stringify(to)}`;
    if (status !== undefined && !/^30[12378]$/.test(status))
      return `expected 301, 302, 303, 307 or 308, found ${JSON.stringify(status)}`;
    if (!from!.startsWith('/')) return `expected a path that begins with /, found ${JSON.stringify(from)}`;
    const key = this.#keyOf(from!);
    if (key === null) return `expected a path in which every % begins an escape, found ${JSON.stringify(from)}`;
    if (this.#targets.has(key)) return '';
    this.#targets.set(key, to);
    if (status !== undefined) this.#statuses.set(key, Number(status) as RedirectStatus);
    return null;
  }

  /** `null` for what is no path. */
  #keyOf(from: string): string | null {
    const mark = from.indexOf('?');
    try {
      const normal = canonicalPath(encodeNonAscii(mark < 0 ? from : from.slice(0, mark)));
      return (this.#ignoreCase ? normal.toLowerCase() : normal) + (mark < 0 ? '' : from.slice(mark));
    } catch {
      return null; // CORE_TARGET_INVALID
    }
  }

  /** The key that a target leads to; `undefined` if it leads away. */
  #keyOfTarget(to: string): string | undefined {
    if (!to.startsWith('/')) return undefined;
    const whole = this.#keyOf(to.split('#', 1)[0]!);
    if (whole === null || this.#targets.has(whole)) return whole ?? undefined;
    const path = whole.split('?', 1)[0]!;
    return this.#targets.has(path) ? path : undefined;
  }
}

/**
 * Redirects the requests that a map names. `map` is asked for each request, so it can be replaced while the server runs.
 */
export function redirectByMap(map: RedirectMap | (() => RedirectMap)): Middleware<HttpContext> {
  const current = typeof map === 'function' ? map : () => map;
  return function redirectByMap(context, next) {
    const found = current().find(context.request);
    if (found === null || isSamePlace(found.location, context.request, context.client)) return next(context);
    context.response.status = found.status;
    context.response.headers.set('Location', found.location);
  };
}

/** `old,new` above the lines. */
function isHeading(fields: readonly string[]): boolean {
  return fields.length > 1 && fields.every((field) => /^[A-Za-z][\w -]*$/.test(field));
}

function encodeNonAscii(path: string): string {
  return path.replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}

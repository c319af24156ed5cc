import { canonicalPath, type HttpContext, type HttpRequest, type Middleware } from '@windhover/core';
import { rewriteError } from './errors.ts';
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
    const lines = new Map<string, number>();
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const fields = mapFields(index === 0 ? line.replace(/^\uFEFF/, '') : line);
      if (fields === null) continue;
      const refuse = (why: string): Error => rewriteError('REWRITE_MAP_INVALID', `${source}:${index + 1}: ${why}`);
      const key = this.#add(fields, refuse);
      const earlier = lines.get(key);
      if (earlier !== undefined) throw refuse(`${fields[0]} stands in line ${earlier} too`);
      lines.set(key, index + 1);
    }
    this.#refuseCircles(source, lines);
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

  #add([from, to, status]: readonly string[], refuse: (why: string) => Error): string {
    if (to === undefined) throw refuse(`expected an old and a new address, found ${JSON.stringify(from)}`);
    if (!/^(?:\/(?![/\\])|https?:\/\/[^/?#\s]+)/i.test(to))
      throw refuse(`expected a path that begins with one /, or an http address, found ${JSON.stringify(to)}`);
    if (!/^[\x21-\x7e]*$/.test(to))
      throw refuse(`expected an address in its encoded form, found ${JSON.stringify(to)}`);
    const key = this.#keyOf(from!, refuse);
    this.#targets.set(key, to);
    if (status === undefined) return key;
    if (!/^30[12378]$/.test(status))
      throw refuse(`expected 301, 302, 303, 307 or 308, found ${JSON.stringify(status)}`);
    this.#statuses.set(key, Number(status) as RedirectStatus);
    return key;
  }

  #keyOf(from: string, refuse: (why: string) => Error): string {
    const mark = from.indexOf('?');
    const path = mark < 0 ? from : from.slice(0, mark);
    if (!path.startsWith('/')) throw refuse(`expected a path that begins with /, found ${JSON.stringify(from)}`);
    try {
      const normal = canonicalPath(encodeNonAscii(path));
      return (this.#ignoreCase ? normal.toLowerCase() : normal) + (mark < 0 ? '' : from.slice(mark));
    } catch (error) {
      throw refuse((error as Error).message);
    }
  }

  /** A browser that is sent in a circle shows an error, and nobody learns of it here. */
  #refuseCircles(source: string, lines: ReadonlyMap<string, number>): void {
    const isFine = new Set<string>();
    for (const start of this.#targets.keys()) {
      const seen = new Set<string>();
      let key: string | undefined = start;
      while (key !== undefined && !isFine.has(key)) {
        if (seen.has(key)) {
          const way = [...seen, key].slice([...seen].indexOf(key)).join(' → ');
          throw rewriteError(
            'REWRITE_MAP_INVALID',
            `${source}:${lines.get(key)}: the redirects go in a circle: ${way}`,
          );
        }
        seen.add(key);
        const to: string = this.#targets.get(key)!.replace(/#.*$/s, '');
        const plain = this.#ignoreCase ? to.toLowerCase() : to;
        key = [plain, plain.replace(/\?.*$/s, '')].find((each) => this.#targets.has(each));
      }
      for (const each of seen) isFine.add(each);
    }
  }
}

/**
 * Redirects the requests that a map names. `map` is asked for each request, so it can be replaced while the server runs.
 */
export function redirectByMap(map: RedirectMap | (() => RedirectMap)): Middleware<HttpContext> {
  const current = typeof map === 'function' ? map : () => map;
  return function redirectByMap(context, next) {
    const found = current().find(context.request);
    if (found === null) return next(context);
    context.response.status = found.status;
    context.response.headers.set('Location', found.location);
  };
}

function encodeNonAscii(path: string): string {
  return path.replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}

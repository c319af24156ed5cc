import type { HttpContext, HttpHeaders } from '@windhover/core';
import { parseCookies } from '@windhover/http-semantics';

/** What else than the URL distinguishes two answers. */
export interface KeyRules {
  /** Names of query parameters that do not change the answer, `*` at the end for a prefix; `true`: the whole query. */
  readonly ignoreQuery: true | readonly string[];
  /** Header fields whose values belong to the key, in lower case. */
  readonly headers: readonly string[];
  /** Cookies whose values belong to the key. */
  readonly cookies: readonly string[];
}

/** Where an answer is kept. */
export interface CacheKey {
  /** The URL as the client sees it, with scheme and host. Purges and invalidation name it. */
  readonly url: string;
  /** The URL and everything else that the answer may depend on. The same text as `url` if there is nothing else. */
  readonly key: string;
}

/**
 * Fields with which a client tells an application another URL than the one it asks for. They are part of the key, because an
 * application may believe them: otherwise one client could choose what all others get (cache poisoning).
 */
const urlFields = new Set([
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-host',
]);

/** Returns the key of a request. */
export function cacheKey({ request, client }: Pick<HttpContext, 'request' | 'client'>, rules: KeyRules): CacheKey {
  const { scheme, host, hostPort } = client;
  const query = keptQuery(request.query, rules.ignoreQuery);
  const port = hostPort === null ? '' : `:${hostPort}`;
  const url = `${scheme}://${host}${port}${request.path}${query === null ? '' : `?${query}`}`;
  const claims = claimsOf(request.headers);
  // Behind a trusted proxy the host of the request is not the one that the user asked for. An application may use either.
  const inner = request.host === host ? '' : `\nhost=${request.host}`;
  const extras = rules.headers.length + rules.cookies.length === 0 ? '' : extrasOf(request.headers, rules);
  return { url, key: url + inner + claims + extras };
}

function claimsOf({ fields }: HttpHeaders): string {
  let claims = '';
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    const first = name.charCodeAt(0);
    if (first === 0x78 && urlFields.has(name)) claims += `\n${name}=${fields[index + 1]}`;
    else if (first === 0x66 && name === 'forwarded') claims += `\n${name}=${withoutClients(fields[index + 1]!)}`;
  }
  return claims;
}

/** `for` and `by` name machines, not the URL. With them, every client would have its own copy. */
function withoutClients(forwarded: string): string {
  return forwarded.replace(/\b(?:for|by)=(?:"[^"]*"|[^;,]*)/gi, '');
}

function extrasOf(headers: HttpHeaders, rules: KeyRules): string {
  let extras = '';
  for (const name of rules.headers) extras += `\n${name}:${headers.get(name) ?? ''}`;
  if (rules.cookies.length > 0) {
    const cookies = parseCookies(headers.get('cookie') ?? '');
    for (const name of rules.cookies) extras += `\n${name}=${cookies.get(name) ?? ''}`;
  }
  return extras;
}

function keptQuery(query: string | null, ignored: KeyRules['ignoreQuery']): string | null {
  if (query === null || ignored === true) return null;
  if (ignored.length === 0) return query;
  const kept = query.split('&').filter((parameter) => !isIgnored(nameOf(parameter), ignored));
  return kept.length === 0 ? null : kept.join('&');
}

function nameOf(parameter: string): string {
  const end = parameter.indexOf('=');
  return end < 0 ? parameter : parameter.slice(0, end);
}

function isIgnored(name: string, ignored: readonly string[]): boolean {
  return ignored.some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : name === each));
}

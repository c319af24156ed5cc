import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProxyResponse } from './proxy-response.ts';
import type { ServerOptions } from './server-options.ts';
import type { Target } from './targets.ts';

/** Copies status and fields of the target's answer to that of the server. */
export function copyHead(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ProxyResponse,
  target: Target,
  options: ServerOptions,
): void {
  rewriteRedirect(request, answer, target, options);
  const spellings = options.preserveHeaderKeyCase === true ? spellingsOf(answer.rawHeaders) : null;
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value === undefined) continue;
    const rewritten = name === 'set-cookie' ? rewriteCookies([value].flat(), options) : value;
    response.setHeader(spellings?.get(name) ?? name, rewritten);
  }
  response.statusCode = answer.statusCode;
  if (answer.statusMessage !== '') response.statusMessage = answer.statusMessage;
}

/** Redirects to the target get the host and protocol that the options say. */
function rewriteRedirect(
  request: IncomingMessage,
  answer: ProxyResponse,
  target: Target,
  options: ServerOptions,
): void {
  const { hostRewrite, autoRewrite, protocolRewrite } = options;
  const { location } = answer.headers;
  if (location === undefined || ![201, 301, 302, 307, 308].includes(answer.statusCode)) return;
  if (hostRewrite === undefined && autoRewrite !== true && !protocolRewrite) return;
  if (!URL.canParse(location)) return;
  const url = new URL(location);
  if (url.host !== target.host) return;
  if (hostRewrite !== undefined) setHost(url, hostRewrite);
  else if (autoRewrite === true && request.headers.host !== undefined) setHost(url, request.headers.host);
  if (protocolRewrite) url.protocol = protocolRewrite;
  answer.headers.location = url.href;
}

/** `url.host = 'a'` would keep the old port. */
function setHost(url: URL, host: string): void {
  url.port = '';
  url.host = host;
}

function rewriteCookies(values: readonly string[], options: ServerOptions): string[] {
  const { cookieDomainRewrite, cookiePathRewrite } = options;
  return values.map((value) =>
    rewriteAttribute(rewriteAttribute(value, 'domain', cookieDomainRewrite), 'path', cookiePathRewrite),
  );
}

function rewriteAttribute(cookie: string, name: string, rules: ServerOptions['cookieDomainRewrite']): string {
  if (rules === undefined || rules === false) return cookie;
  const table = typeof rules === 'string' ? { '*': rules } : rules;
  return cookie.replace(new RegExp(`(;\\s*${name}=)([^;]+)`, 'i'), (whole, prefix: string, old: string) => {
    const next = Object.hasOwn(table, old) ? table[old] : table['*'];
    if (next === undefined) return whole;
    return next === '' || next === null ? '' : prefix + next;
  });
}

function spellingsOf(rawHeaders: readonly string[]): Map<string, string> {
  const spellings = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2)
    spellings.set(rawHeaders[index]!.toLowerCase(), rawHeaders[index]!);
  return spellings;
}

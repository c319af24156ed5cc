import { contextKey, type HttpContext } from '@windhover/core';
import { isBarredFromRequest } from './barred-names.ts';
import { forwardingLines } from './forwarding.ts';
import type { ProxySettings } from './proxy-settings.ts';

/** Set by `auth`: an `Authorization` that was for this server alone. Another value has been set for the upstream. */
const keptCredentialsKey = contextKey<string>('auth.keptCredentials');

/**
 * Builds the field lines of an upstream request: the end-to-end fields, and the forwarding fields about the client.
 * Names and values were judged when the request came in, so they are copied as they are.
 *
 * @param maxForwards the new Max-Forwards value; `null` keeps the client's field
 */
export function requestLines(
  context: HttpContext,
  settings: ProxySettings,
  nominated: ReadonlySet<string> | null,
  maxForwards: number | null,
): string {
  const { fields } = context.request.headers;
  const { requestChanges, via } = settings;
  let text = forwardingLines(context.client, settings.forwarded);
  let viaBefore = '';
  const kept = context.get(keptCredentialsKey);
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    if (isBarredFromRequest(name) || nominated?.has(name) === true) continue;
    if (requestChanges?.without.has(name) === true) continue;
    const value = fields[index + 1]!;
    if (kept !== undefined && name === 'authorization' && value === kept) continue;
    if (via !== null && name === 'via') viaBefore += `${value}, `;
    else if (maxForwards !== null && name === 'max-forwards') text += `${fields[index + 2]}: ${maxForwards}\r\n`;
    else text += `${fields[index + 2]}: ${value}\r\n`;
  }
  // RFC 9110 §7.6.3: the version in which the message came.
  if (via !== null) text += `Via: ${viaBefore}${context.request.httpVersion} ${via}\r\n`;
  if (requestChanges !== null) text = withoutSet(text, requestChanges.fields) + requestChanges.lines;
  return text;
}

/** A field that the proxy would add about the client is left out if the options set it. */
function withoutSet(text: string, fields: readonly string[]): string {
  let rest = text;
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    if (!/^(?:x-forwarded-|forwarded$)/.test(name)) continue;
    rest = rest
      .split('\r\n')
      .filter((line) => !line.toLowerCase().startsWith(`${name}:`))
      .join('\r\n');
  }
  return rest;
}

/** Trailers must not carry fields that are barred as headers. */
export function trailerRule(nominated: ReadonlySet<string> | null): (name: string) => boolean {
  if (nominated === null) return isBarredFromRequest;
  return (name) => isBarredFromRequest(name) || nominated.has(name);
}

/**
 * The protocol to offer to the upstream: the server's 101 names the first one that the client offers. `undefined` for one
 * that is HTTP itself, `h2c` and `TLS/1.x`: what a client sends in such a tunnel would pass every rule of this server, so
 * the request goes on as an ordinary one (RFC 9110 §7.8).
 */
export function offeredProtocol(protocols: string): string | undefined {
  const comma = protocols.indexOf(',');
  const first = (comma < 0 ? protocols : protocols.slice(0, comma)).trim();
  return /^(?:h2c?|h3|https?|tls)(?:\/|$)/i.test(first) ? undefined : first;
}

// The same names as http-parser takes for Host: no user information. The groups of an IPv6 address are not counted here.
const hostPattern = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+(?::(\d{0,5}))?$/;
const addressPattern = /^\[[0-9A-Fa-f:.]{2,45}\](?::(\d{0,5}))?$/;
const MAX_PORT = 65_535;

/** Servers have few names, and literals of the same one come again and again. */
let lastKnown = '';

/** Whether `text` is `uri-host [ ":" port ]` with a non-empty host (RFC 9113 §8.3.1). */
export function isAuthority(text: string): boolean {
  if (text === lastKnown && text !== '') return true;
  const match = hostPattern.exec(text) ?? addressPattern.exec(text);
  if (match === null || Number(match[1] ?? 0) > MAX_PORT) return false;
  if (text.length <= 64) lastKnown = text;
  return true;
}

import type { HttpResponse } from '@windhover/core';

/**
 * Whether a 401 asks for Windows authentication only. That belongs to a connection of HTTP/1.1, so the client is told to
 * come back with that version, as IIS does.
 */
export function asksForHttp1({ headers }: HttpResponse): boolean {
  const challenges = headers.getAll('www-authenticate');
  return challenges.length > 0 && challenges.every((challenge) => /^(?:negotiate|ntlm)\b/i.test(challenge));
}

/**
 * A server name from a TLS client in canonical form: lower case, without trailing dot. `null` if it is not a DNS name
 * (RFC 6066 §3 excludes IP addresses), so that it matches no certificate by name and no host.
 */
export function canonicalServerName(name: string): string | null {
  const text = name.replace(/\.$/, '');
  if (text.length === 0 || text.length > 253) return null;
  const labels = text.split('.');
  const isName = labels.every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
  return isName && !/^[0-9]+$/.test(labels.at(-1)!) ? text.toLowerCase() : null;
}

/** The keys under which a table may hold `serverName`: the name itself, then its wildcard. The exact name wins. */
export function matchingKeys(serverName: string): readonly string[] {
  const dot = serverName.indexOf('.');
  return dot === -1 ? [serverName] : [serverName, `*${serverName.slice(dot)}`];
}

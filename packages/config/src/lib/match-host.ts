/** Returns the value for a canonical host, or `undefined` when no entry matches. */
export type HostMatcher<T> = (host: string) => T | undefined;

/**
 * Matches host names and wildcards such as `*.example.com`, where `*` stands for one or more labels. An exact name beats a wildcard, and a
 * longer wildcard beats a shorter one. The cost depends on the number of labels in the host, not on the number of names.
 */
export function createHostMatcher<T>(entries: Iterable<readonly [name: string, value: T]>): HostMatcher<T> {
  const exact = new Map<string, T>();
  const wildcards = new Map<string, T>();
  for (const [name, value] of entries) {
    if (name.startsWith('*.')) wildcards.set(name.slice(2), value);
    else exact.set(name, value);
  }
  return (host) => exact.get(host) ?? matchWildcard(wildcards, host);
}

function matchWildcard<T>(wildcards: ReadonlyMap<string, T>, host: string): T | undefined {
  if (wildcards.size === 0) return undefined;
  for (let dot = host.indexOf('.'); dot > 0; dot = host.indexOf('.', dot + 1)) {
    const value = wildcards.get(host.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

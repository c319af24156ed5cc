import { isIP } from 'node:net';

/** How a client proves that a name is ours. */
export type ChallengeType = 'http-01' | 'tls-alpn-01' | 'dns-01';

/** Names that no public authority issues for (RFC 6761, RFC 6762, RFC 8375, RFC 9476 and ICANN's `internal`). */
const privateEnds = ['localhost', 'local', 'internal', 'home.arpa', 'test', 'invalid', 'onion', 'alt', 'lan'];

/** Whether a name stands for this machine only. */
export function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isAddress(name);
}

/** Whether no public authority can issue a certificate for the name. */
export function isPrivateName(name: string): boolean {
  const plain = name.replace(/^\*\./, '');
  return (
    isAddress(plain) || !plain.includes('.') || privateEnds.some((end) => plain === end || plain.endsWith(`.${end}`))
  );
}

/** The name and the wildcard that a certificate for `name` may have. */
export function coveringNames(name: string): readonly string[] {
  const dot = name.indexOf('.');
  return dot <= 0 || name.startsWith('*') ? [name] : [name, `*${name.slice(dot)}`];
}

/**
 * The names to order certificates for, each for itself: a name that fails then keeps no other from its certificate. A name that a wildcard among
 * them covers needs none of its own.
 */
export function namesToOrder(names: readonly string[]): readonly string[] {
  const all = new Set(names);
  return [...all].filter((name) => coveringNames(name).every((each) => each === name || !all.has(each)));
}

/** Whether a certificate for `covers` is good for `name` (RFC 6125 §6.4.3: a wildcard stands for one label). */
export function covers(covering: readonly string[], name: string): boolean {
  return coveringNames(name).some((each) => covering.includes(each));
}

/**
 * The challenges to try for a name, in this order. Wildcards need the DNS (RFC 8555 §7.1.3). The one that worked last stands first, those that
 * failed since stand last.
 *
 * @param able those that this server can answer, in the order of its configuration
 */
export function challengesFor(
  name: string,
  able: readonly ChallengeType[],
  worked: ChallengeType | null = null,
): readonly ChallengeType[] {
  const possible = name.startsWith('*.') ? able.filter((type) => type === 'dns-01') : able;
  if (worked === null || !possible.includes(worked)) return possible;
  return [worked, ...possible.filter((type) => type !== worked)];
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

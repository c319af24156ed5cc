import { coreError } from './http-error.ts';

/** A host and port read once, for everybody. */
export interface CanonicalHost {
  /** Lower case, without trailing dot and port; an IPv6 address in brackets; `''` when the client named none. */
  readonly host: string;
  /** As written, `null` without one. */
  readonly port: number | null;
}

const none: CanonicalHost = { host: '', port: null };
const known = new Map<string, CanonicalHost>();

/** Reads the value of a Host header or an authority. Throws `CORE_HOST_INVALID` (400) for what is not `host[:port]` by grammar. */
export function canonicalHost(value: string): CanonicalHost {
  const before = known.get(value); // a server hears the same few names all day
  if (before !== undefined) return before;
  if (value === '') return none; // RFC 9110 §7.2: sent by a client whose target has no authority
  const parts = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~]+)(?::([0-9]{0,5}))?$/.exec(value);
  if (parts === null) throw refuse(value);
  const [, name, digits] = parts as unknown as [string, string, string | undefined];
  const port = digits === undefined || digits === '' ? null : Number(digits);
  const host = name.toLowerCase().replace(/\.$/, '');
  if (name.includes('..') || name.startsWith('.') || (port !== null && port > 65535)) throw refuse(value);
  if (host.startsWith('[') && !isIPv6(host.slice(1, -1))) throw refuse(value);
  if (known.size === 256) known.clear(); // a client may send any number of names; engines hand over strings of their own
  return known.set(value, { host, port }).get(value)!;
}

/** RFC 4291 §2.2: eight groups, one `::` for a run of zeros, the last two groups also as IPv4. */
function isIPv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  const parts = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups += 1;
    else if (index === parts.length - 1 && text.endsWith(part) && isIPv4(part)) groups += 2;
    else return false;
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

function refuse(value: string): Error {
  return coreError('CORE_HOST_INVALID', `expected host[:port], got ${JSON.stringify(value.slice(0, 100))}`);
}

import { coreError } from './http-error.ts';

/** A host and port read once, for everybody. */
export interface CanonicalHost {
  /** Lower case, letters and digits decoded, without trailing dot and port; an IPv6 address in brackets; `''` when the client named none. */
  readonly host: string;
  /** As written, `null` without one. */
  readonly port: number | null;
}

/**
 * RFC 3986 §3.2.2: a name in brackets, or one of letters, digits, marks and escapes. Escapes of controls, spaces, `%` and what separates the parts of
 * a URI are refused: one more reader who decodes would see another host.
 */
const grammar =
  /^(\[[0-9A-F:.]+\]|(?:[A-Z0-9\-._~!$&'()*+,;=]|%(?:2[146-9A-E]|3[0-9BD]|[46][1-9A-F]|5[0-9AF]|7[0-9AE]|[89A-F][0-9A-F]))+)(?::([0-9]{0,5}))?$/i;
const ipv4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const known = new Map<string, CanonicalHost>();

/** Reads the value of a Host header or an authority. Throws `CORE_HOST_INVALID` (400) for what is not `host[:port]` by grammar. */
export function canonicalHost(value: string): CanonicalHost {
  const before = known.get(value); // a server hears the same few names all day
  if (before !== undefined) return before;
  if (value === '') return { host: '', port: null }; // RFC 9110 §7.2: sent by a client whose target has no authority
  const parts = grammar.exec(value);
  if (parts === null) throw refuse(value);
  const [, name, digits] = parts as unknown as [string, string, string | undefined];
  const port = digits === undefined || digits === '' ? null : Number(digits);
  // RFC 3986 §6.2.2.2: escapes of letters, digits and `-._~` mean the same decoded.
  const full = name.replace(/%(?:2[DE]|3[0-9]|[46][1-9A-F]|5[0-9AF]|7[0-9AE])/gi, decodeURIComponent).toLowerCase();
  const host = full.replace(/\.$/, '');
  const isBadName = full.startsWith('[') ? !isIPv6(full.slice(1, -1)) : full.includes('..') || full.startsWith('.');
  if (isBadName || (port !== null && port > 65535)) throw refuse(value);
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
    else if (index === parts.length - 1 && text.endsWith(part) && ipv4.test(part)) groups += 2;
    else return false;
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

function refuse(value: string): Error {
  return coreError('CORE_HOST_INVALID', `expected host[:port], got ${JSON.stringify(value.slice(0, 100))}`);
}

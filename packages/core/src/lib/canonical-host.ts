import { coreError } from './http-error.ts';

/** A host and port, parsed once so that all code sees the same values. */
export interface CanonicalHost {
  /**
   * The host in lower case, with escaped letters and digits decoded, without trailing dot and port. An IPv6 address is
   * in brackets. `''` if the client named no host.
   */
  readonly host: string;
  /** The port that was written, `null` without one. */
  readonly port: number | null;
}

/**
 * RFC 3986 §3.2.2: an address in brackets, or a name made of letters, digits, marks and escapes. Escapes of controls,
 * spaces, `%` and URI delimiters are refused, because a program that decodes them once more would see another host.
 */
const grammar =
  /^(\[[0-9A-F:.]+\]|(?:[A-Z0-9\-._~!$&'()*+,;=]|%(?:2[146-9A-E]|3[0-9BD]|[46][1-9A-F]|5[0-9AF]|7[0-9AE]|[89A-F][0-9A-F]))+)(?::([0-9]{0,5}))?$/i;
const ipv4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const known = new Map<string, CanonicalHost>();

/**
 * Parses the value of a Host header or an authority. Throws `CORE_HOST_INVALID` (400) if it is not a valid
 * `host[:port]`.
 */
export function canonicalHost(value: string): CanonicalHost {
  const before = known.get(value); // most requests name one of the same few hosts
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
  if (known.size === 256) known.clear(); // clients may send any number of names. Engines pass own strings (`ownString`), so an entry keeps no request head alive
  return known.set(value, { host, port }).get(value)!;
}

/** RFC 4291 §2.2: eight groups, at most one `::` for a run of zeros; the last two groups may be an IPv4 address. */
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

import { type IpNetwork, parseIpNetwork } from '@windhover/ip';
import { isRecord } from '@windhover/options';
import { ipv4Number } from './address-words.ts';
import { optionError } from './errors.ts';
import type { IpEntry, IpFilterOptions } from './ip-filter-options.ts';
import type { IpList } from './ip-list.ts';
import { parseIpRange } from './parse-ip-range.ts';

/** One entry of the rules, read. */
export interface FilterRule {
  readonly isAllowed: boolean;
  /** `deny 10.0.0.0/8`, for logs. */
  readonly label: string;
  readonly what:
    | { readonly kind: 'networks'; readonly networks: readonly IpNetwork[] }
    | { readonly kind: 'unix' }
    | { readonly kind: 'list'; readonly list: IpList }
    | { readonly kind: 'domain'; readonly pattern: string };
}

/** Names of well-known networks. */
const presets: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'], // RFC 1122 §3.2.1.3, RFC 4291 §2.5.3
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'], // RFC 1918 §3, RFC 4193 §3
  linklocal: ['169.254.0.0/16', 'fe80::/10'], // RFC 3927 §2.1, RFC 4291 §2.5.6
};

/** Reads the entries of the options, in the order in which they count: `rules` as written, or `deny` before `allow`. */
export function readRules({ rules, allow, deny }: IpFilterOptions): readonly FilterRule[] {
  if (rules === undefined)
    return [
      ...entriesOf(deny, 'deny').map((entry) => readEntry(entry, false, 'deny')),
      ...entriesOf(allow, 'allow').map((entry) => readEntry(entry, true, 'allow')),
    ];
  return rules.flatMap((rule, index) => {
    const names = Object.keys(rule);
    const [name] = names;
    if (names.length !== 1 || (name !== 'allow' && name !== 'deny'))
      throw optionError(`rules[${index}]: expected either allow or deny`);
    const where = `rules[${index}].${name}`;
    return entriesOf(rule[name], where).map((entry) => readEntry(entry, name === 'allow', where));
  });
}

function entriesOf(entries: IpEntry | readonly IpEntry[] | undefined, where: string): readonly IpEntry[] {
  if (entries === undefined) return [];
  const list = Array.isArray(entries) ? (entries as readonly IpEntry[]) : [entries as IpEntry];
  if (list.length === 0) throw optionError(`${where}: expected at least one entry`);
  return list;
}

function readEntry(entry: IpEntry, isAllowed: boolean, where: string): FilterRule {
  const verb = isAllowed ? 'allow' : 'deny';
  if (typeof entry === 'string') return readText(entry, isAllowed, where);
  if (isRecord(entry) && typeof entry['domain'] === 'string' && Object.keys(entry).length === 1) {
    const pattern = entry['domain'].toLowerCase().replace(/\.$/, '');
    if (!isDomain(pattern))
      throw optionError(
        `${where}: expected a domain such as example.com or *.example.com, found ${JSON.stringify(pattern)}`,
      );
    return { isAllowed, label: `${verb} ${pattern}`, what: { kind: 'domain', pattern } };
  }
  if (isRecord(entry) && 'look' in entry && typeof entry.look === 'function' && 'table' in entry) {
    const list = entry as unknown as IpList;
    return { isAllowed, label: `${verb} ${list.name}`, what: { kind: 'list', list } };
  }
  throw optionError(
    `${where}: expected an address, a network, loopback, private, linklocal, unix, { domain }, or a list of ipListFile() or ipListUrl()`,
  );
}

function isDomain(pattern: string): boolean {
  const isWritten = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/.test(
    pattern,
  );
  return isWritten && pattern.length <= 255;
}

/** Says what is wrong with an entry that is a text, to complete a message; `null` if it can be used. */
export function ipEntryFault(text: string): string | null {
  if (text === 'unix' || Object.hasOwn(presets, text)) return null;
  const read = readNetworks(text);
  return typeof read === 'string' ? read : null;
}

function readText(text: string, isAllowed: boolean, where: string): FilterRule {
  const label = `${isAllowed ? 'allow' : 'deny'} ${text}`;
  if (text === 'unix') return { isAllowed, label, what: { kind: 'unix' } };
  const written = Object.hasOwn(presets, text) ? presets[text]! : [text];
  const networks = written.flatMap((each) => {
    const read = readNetworks(each);
    if (typeof read === 'string') throw optionError(`${where}: ${JSON.stringify(text)}: ${read}`);
    return read;
  });
  return { isAllowed, label, what: { kind: 'networks', networks } };
}

/** The networks of an address, a network or a range, or what is wrong with the text. */
function readNetworks(text: string): readonly IpNetwork[] | string {
  const range = parseIpRange(text);
  if (range !== null) return range;
  const network = parseIpNetwork(withoutMask(text));
  if (typeof network !== 'string') return [network];
  return network.startsWith('expected an IP') ? `${network}, or one of loopback, private, linklocal, unix` : network;
}

/** `192.0.2.0/255.255.255.0`, as IIS has it, is `192.0.2.0/24`. Another mask than one of leading ones stays, and is refused. */
function withoutMask(text: string): string {
  const slash = text.indexOf('/');
  const isIPv4 = slash > 0 && ipv4Number(text, 0, slash) >= 0;
  const mask = isIPv4 ? ipv4Number(text, slash + 1, text.length) : -1;
  if (mask < 0) return text;
  const bits = Math.clz32(~mask);
  return mask === (bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0) ? `${text.slice(0, slash)}/${bits}` : text;
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IpNetwork, parseIpNetwork } from '@windhover/ip';
import { createAddressWords, ipv4Number, setWords } from './address-words.ts';
import { NetworkTable, NetworkTableBuilder } from './network-table.ts';
import { parseIpRange } from './parse-ip-range.ts';

/** A line that cannot be used. */
export interface ListFault {
  /** From 1 on. */
  readonly line: number;
  readonly text: string;
  readonly why: string;
}

/** What a list holds: a table, or the first lines that cannot be used. */
export type ParsedIpList =
  | { readonly table: NetworkTable; readonly faults: null }
  | { readonly table: null; readonly faults: readonly ListFault[] };

/** Lines between two turns of the event loop: less than 10 ms. */
const linesPerTurn = 20_000;
const maxFaults = 5;

/**
 * Parses a list: an address, a network or a range in each line; what follows `#` or `;` is a comment. Other work goes on in between. A list
 * with a line that cannot be used is not used at all.
 */
export async function parseIpList(text: string): Promise<ParsedIpList> {
  const reader = new ListReader(text);
  while (!reader.read(linesPerTurn)) await nextTurn();
  if (reader.faults.length > 0) return { table: null, faults: reader.faults };
  return { table: await NetworkTable.inParts(reader.networks, nextTurn), faults: null };
}

/** The same at once, while other work waits. */
export function parseIpListNow(text: string): ParsedIpList {
  const reader = new ListReader(text);
  reader.read(Number.POSITIVE_INFINITY);
  if (reader.faults.length > 0) return { table: null, faults: reader.faults };
  return { table: NetworkTable.of(reader.networks), faults: null };
}

/** Formats faults for a message. */
export function formatFaults(faults: readonly ListFault[]): string {
  return faults.map(({ line, text, why }) => `line ${line}: ${why}, found ${JSON.stringify(text)}`).join('; ');
}

class ListReader {
  readonly networks = new NetworkTableBuilder();
  readonly faults: ListFault[] = [];
  private readonly text: string;
  private readonly address = createAddressWords();
  private at: number;
  private line = 0;

  constructor(text: string) {
    this.text = text;
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  /** Reads so many lines; true at the end. */
  read(maxLines: number): boolean {
    const { text } = this;
    for (let count = 0; count < maxLines; count++) {
      if (this.at >= text.length || this.faults.length === maxFaults) return true;
      const found = text.indexOf('\n', this.at);
      const end = found < 0 ? text.length : found;
      this.line += 1;
      this.readLine(this.at, end);
      this.at = end + 1;
    }
    return this.at >= text.length;
  }

  private readLine(from: number, to: number): void {
    const { text } = this;
    let start = from;
    while (start < to && isBlank(text.charCodeAt(start))) start += 1;
    let end = start;
    while (end < to && !isBlank(text.charCodeAt(end)) && !isComment(text.charCodeAt(end))) end += 1;
    let rest = end;
    while (rest < to && isBlank(text.charCodeAt(rest))) rest += 1;
    if (rest < to && !isComment(text.charCodeAt(rest))) {
      this.refuse(text.slice(start, to), 'expected one address or network');
      return;
    }
    if (start < end && !this.addIPv4(start, end)) this.addAny(text.slice(start, end));
  }

  /** The usual line, without a piece of the text for it. */
  private addIPv4(start: number, end: number): boolean {
    const { text } = this;
    let slash = end;
    for (let index = start; index < end; index++) if (text.charCodeAt(index) === 0x2f) slash = index;
    const address = ipv4Number(text, start, slash);
    if (address < 0) return false;
    const bits = slash === end ? 32 : prefixLength(text, slash + 1, end);
    if (bits < 0) return false;
    if (bits < 32 && (address & (0xffff_ffff >>> bits)) !== 0) return false;
    this.address.words[0] = address;
    this.address.family = 4;
    this.networks.add(this.address, bits, this.networks.size);
    return true;
  }

  private addAny(written: string): void {
    const parsed = parseIpRange(written) ?? parseIpNetwork(written);
    if (typeof parsed === 'string') {
      this.refuse(written, parsed);
      return;
    }
    for (const { address, bits } of Array.isArray(parsed) ? (parsed as readonly IpNetwork[]) : [parsed as IpNetwork]) {
      setWords(address, this.address);
      this.networks.add(this.address, bits, this.networks.size);
    }
  }

  private refuse(text: string, why: string): void {
    this.faults.push({ line: this.line, text: text.slice(0, 80), why });
  }
}

/** A number from 0 to 32 without leading zeros; -1 for anything else. */
function prefixLength(text: string, start: number, end: number): number {
  const length = end - start;
  if (length < 1 || length > 2) return -1;
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9 || (digit === 0 && length === 2 && index === start)) return -1;
    value = value * 10 + digit;
  }
  return value <= 32 ? value : -1;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}

function isComment(code: number): boolean {
  return code === 0x23 || code === 0x3b;
}

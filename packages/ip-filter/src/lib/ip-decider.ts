import { createAddressWords, readAddress, setWords } from './address-words.ts';
import { type FilterRule, readRules } from './filter-rules.ts';
import type { IpFilterOptions } from './ip-filter-options.ts';
import type { IpList } from './ip-list.ts';
import { matchesDomain, NameLookup } from './name-lookup.ts';
import { NetworkTable, NetworkTableBuilder } from './network-table.ts';

/** What was decided about an address, and by which rule. */
export interface IpDecision {
  readonly isAllowed: boolean;
  /** `deny 10.0.0.0/8`, `unlisted`. */
  readonly rule: string;
  /** Whether the name of the client has decided, and not its address. */
  readonly isByName: boolean;
}

/** A step of a decision: fixed networks, a list, or names. */
type Stage =
  | { readonly kind: 'table'; readonly table: NetworkTable; readonly decisions: readonly IpDecision[] }
  | { readonly kind: 'list'; readonly list: IpList; readonly rule: FilterRule }
  | { readonly kind: 'names'; readonly patterns: readonly string[]; readonly decisions: readonly IpDecision[] };

/** Compiles the rules once, and decides with them. */
export class IpDecider {
  private readonly stages: readonly Stage[];
  private readonly isLongest: boolean;
  private readonly unlisted: IpDecision;
  private readonly unix: IpDecision;
  private readonly names: NameLookup | null;
  private readonly address = createAddressWords();

  /** Throws `IP_FILTER_OPTION_INVALID` for an entry that means nobody. */
  constructor(options: IpFilterOptions) {
    const rules = readRules(options);
    this.isLongest = (options.order ?? (options.rules === undefined ? 'longest' : 'first')) === 'longest';
    const isOnlyAllowed = rules.length > 0 && rules.every(({ isAllowed }) => isAllowed);
    const isUnlistedAllowed = (options.unlisted ?? (isOnlyAllowed ? 'deny' : 'allow')) === 'allow';
    this.unlisted = { isAllowed: isUnlistedAllowed, rule: 'unlisted', isByName: false };
    const unix = rules
      .filter(({ what }) => what.kind === 'unix')
      .sort((one, other) => Number(one.isAllowed) - Number(other.isAllowed));
    const first = this.isLongest ? unix[0] : rules.find(({ what }) => what.kind === 'unix');
    this.unix = first === undefined ? this.unlisted : toDecision(first);
    this.stages = toStages(rules, this.isLongest);
    const patterns = this.stages.flatMap((stage) => (stage.kind === 'names' ? stage.patterns : []));
    const matches = (name: string): boolean => patterns.some((pattern) => matchesDomain(name, pattern));
    this.names = patterns.length === 0 ? null : new NameLookup(matches, options.names, options.clock);
  }

  /** Decides about an address; `''` is a client without one, on a Unix socket. A promise only while a name is looked up. */
  decide(address: string): IpDecision | Promise<IpDecision> {
    if (address === '') return this.unix;
    readAddress(address, this.address);
    if (this.address.family === 0) return notAnAddress;
    return this.isLongest ? this.decideLongest(address) : this.decideFrom(0, address);
  }

  /**
   * The same, without looking up a name: `null` if one is needed. A list that is not loaded is read as it is on the disk; one that cannot be
   * read, and that could decide otherwise, is added to `unread`.
   */
  look(address: string, unread: IpList[] = []): IpDecision | null {
    if (address === '') return this.unix;
    readAddress(address, this.address);
    if (this.address.family === 0) return notAnAddress;
    const missing: (Stage & { kind: 'list' })[] = [];
    const decision = this.lookInStages(address, missing);
    for (const { list, rule } of missing) if (rule.isAllowed !== decision?.isAllowed) unread.push(list);
    return decision;
  }

  private lookInStages(address: string, missing: (Stage & { kind: 'list' })[]): IpDecision | null {
    const read = (stage: Stage): NetworkTable | null => {
      const table = readTableOf(stage);
      if (table === null && stage.kind === 'list') missing.push(stage);
      return table;
    };
    const name = this.names?.remembered(address);
    if (this.isLongest) {
      const found = this.longestNetwork(read);
      if (found !== null || this.names === null) return found ?? this.unlisted;
      return name === undefined ? null : this.longestName(name);
    }
    for (const stage of this.stages) {
      if (stage.kind === 'names' && name === undefined) return null;
      const found = stage.kind === 'names' ? byName(stage, name!) : this.inStage(stage, read);
      if (found !== null) return found;
    }
    return this.unlisted;
  }

  /** The first stage that knows the address. */
  private decideFrom(start: number, address: string): IpDecision | Promise<IpDecision> {
    const { stages } = this;
    for (let index = start; index < stages.length; index++) {
      const stage = stages[index]!;
      if (stage.kind !== 'names') {
        const found = this.inStage(stage);
        if (found !== null) return found;
        continue;
      }
      const name = this.nameOf(address);
      if (name instanceof Promise)
        return name.then((late) => {
          readAddress(address, this.address); // others were decided meanwhile
          return byName(stage, late) ?? this.decideFrom(index + 1, address);
        });
      if (typeof name === 'object' && name !== null) return name;
      const found = byName(stage, name);
      if (found !== null) return found;
    }
    return this.unlisted;
  }

  private decideLongest(address: string): IpDecision | Promise<IpDecision> {
    const found = this.longestNetwork();
    if (found !== null) return found;
    if (this.names === null) return this.unlisted;
    const name = this.nameOf(address);
    if (name instanceof Promise) return name.then((late) => this.longestName(late));
    return typeof name === 'object' && name !== null ? name : this.longestName(name);
  }

  /** What the names decide where no network has the address: one that denies comes first. */
  private longestName(name: string | null): IpDecision {
    const matching = this.stages.flatMap((stage) => (stage.kind === 'names' ? (byName(stage, name) ?? []) : []));
    return matching.find(({ isAllowed }) => !isAllowed) ?? matching[0] ?? this.unlisted;
  }

  /** The smallest network of all stages that has the address; one that denies before one that allows. */
  private longestNetwork(read = tableOf): IpDecision | null {
    let best: IpDecision | null = null;
    let bestBits = -1;
    for (const stage of this.stages) {
      const table = read(stage);
      const network = table === null ? -1 : table.find(this.address);
      if (network < 0) continue;
      const bits = table!.bitsOf(network, this.address);
      if (bits < bestBits) continue;
      const found = this.decisionOf(stage, table!, network);
      if (bits > bestBits || (best?.isAllowed === true && !found.isAllowed)) best = found;
      bestBits = bits;
    }
    return best;
  }

  private inStage(stage: Stage, read = tableOf): IpDecision | null {
    const table = read(stage);
    const network = table === null ? -1 : table.find(this.address);
    return network < 0 ? null : this.decisionOf(stage, table!, network);
  }

  private decisionOf(stage: Stage, table: NetworkTable, network: number): IpDecision {
    if (stage.kind === 'table') return stage.decisions[table.tagOf(network, this.address)]!;
    const { rule } = stage as Stage & { kind: 'list' };
    return new ListDecision(rule, table, network, this.address.family as 4 | 6);
  }

  /** The name, or what is decided while it is not known. */
  private nameOf(address: string): string | null | Promise<string | null> | IpDecision {
    const { meanwhile } = this.names!;
    const name = this.names!.find(address);
    if (!(name instanceof Promise) || meanwhile === 'wait') return name;
    return { isAllowed: meanwhile === 'allow', rule: 'its name is not known yet', isByName: true };
  }
}

/** What an engine or an adapter gives as an address is one; if not, nobody is let in by mistake. */
const notAnAddress: IpDecision = { isAllowed: false, rule: 'not an address', isByName: false };

/** A decision by a list. Its text is made only if somebody reads it. */
class ListDecision implements IpDecision {
  readonly isAllowed: boolean;
  readonly isByName = false;
  private readonly source: FilterRule;
  private readonly table: NetworkTable;
  private readonly network: number;
  private readonly family: 4 | 6;

  constructor(source: FilterRule, table: NetworkTable, network: number, family: 4 | 6) {
    this.isAllowed = source.isAllowed;
    this.source = source;
    this.table = table;
    this.network = network;
    this.family = family;
  }

  get rule(): string {
    return `${this.source.label}: ${this.table.format(this.network, this.family)}`;
  }
}

function tableOf(stage: Stage): NetworkTable | null {
  if (stage.kind === 'table') return stage.table;
  if (stage.kind === 'names') return null;
  stage.list.look();
  return stage.list.table;
}

/** The table of a stage without waking its list; of a list that is not loaded, what the disk has. */
function readTableOf(stage: Stage): NetworkTable | null {
  if (stage.kind !== 'list') return tableOf(stage);
  const { list } = stage;
  return list.table ?? list.peek?.() ?? null;
}

function byName({ patterns, decisions }: Stage & { kind: 'names' }, name: string | null): IpDecision | null {
  if (name === null) return null;
  const found = patterns.findIndex((pattern) => matchesDomain(name, pattern));
  return found < 0 ? null : decisions[found]!;
}

function toDecision({ isAllowed, label, what }: FilterRule): IpDecision {
  return { isAllowed, rule: label, isByName: what.kind === 'domain' };
}

/** Neighbours of one kind become one stage; where the order does not matter, all networks do. */
function toStages(rules: readonly FilterRule[], isLongest: boolean): readonly Stage[] {
  const ordered = isLongest
    ? [...ofKind(rules, 'networks'), ...ofKind(rules, 'list'), ...ofKind(rules, 'domain')]
    : rules;
  const stages: Stage[] = [];
  for (let index = 0; index < ordered.length; ) {
    const rule = ordered[index]!;
    const { kind } = rule.what;
    let end = index + 1;
    if (kind !== 'list') while (end < ordered.length && ordered[end]!.what.kind === kind) end += 1;
    const group = ordered.slice(index, end);
    index = end;
    if (rule.what.kind === 'list') stages.push({ kind: 'list', list: rule.what.list, rule });
    if (rule.what.kind === 'networks') stages.push(networksStage(group, isLongest));
    if (rule.what.kind === 'domain') stages.push(namesStage(group));
  }
  return stages;
}

function ofKind(rules: readonly FilterRule[], kind: FilterRule['what']['kind']): readonly FilterRule[] {
  return rules.filter(({ what }) => what.kind === kind);
}

function networksStage(rules: readonly FilterRule[], isLongest: boolean): Stage {
  const builder = new NetworkTableBuilder();
  const words = createAddressWords();
  for (const [tag, { what }] of rules.entries()) {
    for (const { address, bits } of what.kind === 'networks' ? what.networks : []) {
      setWords(address, words);
      builder.add(words, bits, tag);
    }
  }
  const denies = (tag: number, other: number): boolean => !rules[tag]!.isAllowed && rules[other]!.isAllowed;
  const table = NetworkTable.of(builder, isLongest ? 'longest' : 'first', denies);
  return { kind: 'table', table, decisions: rules.map(toDecision) };
}

function namesStage(rules: readonly FilterRule[]): Stage {
  const patterns = rules.map(({ what }) => (what.kind === 'domain' ? what.pattern : ''));
  return { kind: 'names', patterns, decisions: rules.map(toDecision) };
}

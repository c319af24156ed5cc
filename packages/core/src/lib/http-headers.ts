import type { HeaderInit } from './header-init.ts';
import { coreError } from './http-error.ts';
import { ownString } from './own-string.ts';

const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/; // RFC 9110 §5.6.2
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/; // RFC 9110 §5.5, without the control characters that it merely tolerates

/**
 * Only the server sets these, because it frames messages and manages connections (RFC 9110 §7.6.1, RFC 9112 §6). It
 * also adds the `Connection` field that `Upgrade` needs.
 */
const framingNames = /^(?:connection|content-length|keep-alive|proxy-connection|te|transfer-encoding)$/;

interface KnownName {
  readonly lower: string;
  readonly isFraming: boolean;
  /**
   * The last value that was checked, unless it was long. Most headers have the same value each time, so it need not be
   * checked again.
   */
  value: string;
}

/** Names that were checked before; programs use the same few. */
const knownNames = new Map<string, KnownName>();

/**
 * An ordered list of header fields. Names are compared in lower case and sent as they were spelled. The fields stay in
 * the flat list that a parser makes (`name, value, spelling, name, …`): a request has few fields, so searching the list
 * is cheaper than building an index.
 */
export class HttpHeaders implements Iterable<readonly [name: string, value: string]> {
  private list: string[];
  private readonly refusesFraming: boolean;

  constructor(init?: HeaderInit | null, refusesFraming = false) {
    this.list = [];
    this.refusesFraming = refusesFraming;
    if (init !== undefined && init !== null) this.assign(init);
  }

  /** Takes over a flat list of triples `name, value, spelling` without a copy. The list must be valid already. */
  static fromFields(fields: string[]): HttpHeaders {
    return new HttpHeaders().adopt(fields);
  }

  /**
   * Takes over a flat list like `fromFields`, in place of the fields there are. The list must be valid already, and hold
   * no framing field where those are refused.
   */
  adopt(fields: string[]): this {
    this.list = fields;
    return this;
  }

  /** The flat list: lower-case name, value and spelling of each field, in order. Must not be changed. */
  get fields(): readonly string[] {
    return this.list;
  }

  /** How many fields there are. */
  get size(): number {
    return this.list.length / 3;
  }

  /**
   * Returns the value of that name. Several fields with the same name are joined as RFC 9110 §5.3 allows (with `; ` for
   * `cookie`). Read `set-cookie` with `getAll`.
   */
  get(name: string): string | undefined {
    const { list } = this;
    const lower = name.toLowerCase();
    let found: string | undefined;
    for (let index = 0; index < list.length; index += 3) {
      if (list[index] !== lower) continue;
      const value = list[index + 1]!;
      found = found === undefined ? value : `${found}${lower === 'cookie' ? '; ' : ', '}${value}`;
    }
    return found;
  }

  /** Returns the value of each field with that name. */
  getAll(name: string): string[] {
    const lower = name.toLowerCase();
    return this.list.filter((_part, index) => index % 3 === 1 && this.list[index - 1] === lower);
  }

  has(name: string): boolean {
    return this.indexOf(name.toLowerCase()) >= 0;
  }

  /** Replaces every field of that name. Throws `CORE_HEADER_INVALID` for a name or value that cannot be sent. */
  set(name: string, value: string | readonly string[]): this {
    if (!Array.isArray(value)) {
      const lower = this.check(name, value as string);
      const index = this.indexOf(lower);
      if (this.list.length === 0)
        this.list = [lower, value as string, name]; // a push to an empty array would allocate space for a dozen entries
      else if (index < 0) this.list.push(lower, value as string, name);
      else {
        this.list[index + 1] = value as string;
        this.list[index + 2] = name;
        this.remove(lower, index + 3);
      }
      return this;
    }
    for (const each of value) this.check(name, each);
    this.delete(name);
    for (const each of value) this.append(name, each);
    return this;
  }

  /** Adds a field and keeps those already there. */
  append(name: string, value: string): this {
    this.list.push(this.check(name, value), value, name);
    return this;
  }

  /** Removes every field of that name; returns whether there was one. */
  delete(name: string): boolean {
    return this.remove(name.toLowerCase(), 0);
  }

  clear(): void {
    this.list.length = 0;
  }

  /** Sets every field of `init`. Fields in `init` with the same name are all kept. */
  assign(init: HeaderInit): this {
    if (Symbol.iterator in init) {
      const replaced = new Set<string>();
      for (const [name, value] of [...(init as Iterable<readonly [string, string]>)]) {
        const lower = name.toLowerCase();
        if (!replaced.has(lower)) this.delete(lower);
        replaced.add(lower);
        this.append(name, value);
      }
      return this;
    }
    for (const name of Object.keys(init)) this.set(name, (init as Record<string, string | readonly string[]>)[name]!);
    return this;
  }

  /** Each field as `[name as spelled, value]`. */
  *[Symbol.iterator](): Generator<readonly [name: string, value: string]> {
    for (let index = 0; index < this.list.length; index += 3) yield [this.list[index + 2]!, this.list[index + 1]!];
  }

  private indexOf(lower: string): number {
    for (let index = 0; index < this.list.length; index += 3) if (this.list[index] === lower) return index;
    return -1;
  }

  private remove(lower: string, from: number): boolean {
    const { list } = this;
    let kept = from;
    for (let index = from; index < list.length; index += 3) {
      if (list[index] === lower) continue;
      if (kept !== index) for (let part = 0; part < 3; part++) list[kept + part] = list[index + part]!;
      kept += 3;
    }
    const found = kept < list.length;
    list.length = kept;
    return found;
  }

  /**
   * Returns the name in lower case; throws if name or value may not be sent. For subclasses that store their list
   * elsewhere.
   */
  protected check(name: string, value: string): string {
    const known = knownNames.get(name) ?? readName(name);
    if (value !== known.value) {
      if (typeof value !== 'string' || !valuePattern.test(value))
        throw coreError('CORE_HEADER_INVALID', `${name} may not have this value: ${JSON.stringify(value)}`);
      if (value.length <= 64) known.value = value;
    }
    if (known.isFraming && this.refusesFraming) throw coreError('CORE_HEADER_FRAMING', name);
    return known.lower;
  }
}

function readName(name: string): KnownName {
  if (!tokenPattern.test(name)) throw coreError('CORE_HEADER_INVALID', `${JSON.stringify(name)} is not a header name`);
  const lower = name.toLowerCase();
  const known = { lower: ownString(lower), isFraming: framingNames.test(lower), value: '' };
  if (knownNames.size === 256) knownNames.clear(); // a peer may send any number of names, of any length
  if (name.length <= 64) knownNames.set(ownString(name), known);
  return known;
}

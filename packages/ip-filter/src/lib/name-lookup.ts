import { Resolver } from 'node:dns/promises';
import { type Clock, systemClock } from '@windhover/core';
import { formatIpAddress, parseIpAddress } from '@windhover/ip';
import { checkOptions, milliseconds, oneOf, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { optionError } from './errors.ts';

/** Asks the DNS. */
export interface NameResolver {
  /** The names of an address (PTR). */
  reverse(address: string): Promise<readonly string[]>;
  /** The addresses of a name (A and AAAA). */
  addresses(name: string): Promise<readonly string[]>;
}

/** How names are looked up. Times are in milliseconds. */
export interface NameLookupOptions {
  /**
   * What happens to a request while its name is looked up: it waits, for `timeoutMs` at most, or it is let in or refused at once. Others
   * never wait for it. Default: `wait`, the only one that is right for the first request too.
   */
  readonly meanwhile?: 'wait' | 'allow' | 'deny';
  /** After this time a client counts as one without a name. Default: 2,000. */
  readonly timeoutMs?: number;
  /** How long a name is remembered. Default: an hour. */
  readonly ttlMs?: number;
  /** How long it is remembered that there is none; if the DNS does not answer, 30 seconds at most. Default: five minutes. */
  readonly negativeTtlMs?: number;
  /** How many addresses are remembered. Default: 10,000. */
  readonly maxEntries?: number;
  /** How many look-ups run at a time, with those that are not answered in time; above that, clients count as those without a name. Default: 100. */
  readonly maxPending?: number;
  /** Default: the servers of the system. */
  readonly resolver?: NameResolver;
}

const optionRules: Rules<NameLookupOptions> = {
  meanwhile: oneOf('wait', 'allow', 'deny'),
  timeoutMs: milliseconds('above 0'),
  ttlMs: milliseconds('above 0'),
  negativeTtlMs: milliseconds('above 0'),
  maxEntries: wholeNumber(1),
  maxPending: wholeNumber(1),
  resolver: withFunctions(['reverse', 'addresses']),
};

/** Throws `IP_FILTER_OPTION_INVALID`. */
export function checkNameOptions(options: NameLookupOptions): void {
  checkOptions(options, optionRules, (fault) => optionError(`names: ${fault}`));
}

/** How long it is remembered that the DNS did not answer. */
const failureTtlMs = 30_000;
/** Names that one address claims; more are nobody's mistake. */
const maxNames = 5;

interface Remembered {
  readonly name: string | null;
  readonly until: number;
}

/**
 * Finds the name of an address among some patterns. An address may claim any name, so the name must lead back to the address. What was
 * found is remembered, and each address is looked up once at a time.
 */
export class NameLookup {
  readonly meanwhile: 'wait' | 'allow' | 'deny';
  private readonly known = new Map<string, Remembered>();
  private readonly pending = new Map<string, Promise<string | null>>();
  /** Look-ups that the resolver has not answered, those whose time is over too. */
  private open = 0;
  private readonly matches: (name: string) => boolean;
  private readonly options: NameLookupOptions;
  private readonly clock: Clock;
  private readonly resolver: NameResolver;

  /** @param matches the names that matter: others are not confirmed */
  constructor(matches: (name: string) => boolean, options: NameLookupOptions = {}, clock: Clock = systemClock) {
    this.matches = matches;
    this.options = options;
    this.clock = clock;
    this.meanwhile = options.meanwhile ?? 'wait';
    this.resolver = options.resolver ?? systemResolver(options.timeoutMs ?? 2000);
  }

  /** The confirmed name, `null` if there is none; `undefined` if that is not known. Looks nothing up. */
  remembered(address: string): string | null | undefined {
    const found = this.known.get(address);
    return found === undefined || found.until <= this.clock.now() ? undefined : found.name;
  }

  /** The confirmed name, or `null`. Never rejects. */
  find(address: string): string | null | Promise<string | null> {
    const found = this.remembered(address);
    if (found !== undefined) return found;
    const running = this.pending.get(address);
    if (running !== undefined) return running;
    if (this.open >= (this.options.maxPending ?? 100)) return null;
    const { promise, resolve } = withResolver<string | null>();
    this.pending.set(address, promise);
    const settle = (name: string | null, isFailure = false): void => {
      if (this.pending.get(address) !== promise) return;
      this.pending.delete(address);
      this.remember(address, name, isFailure);
      cancel();
      resolve(name);
    };
    const cancel = this.clock.schedule(this.options.timeoutMs ?? 2000, () => settle(null, true));
    this.open += 1;
    this.ask(address)
      .finally(() => {
        this.open -= 1;
      })
      .then(settle, (error) => settle(null, !isNotFound(error)));
    return promise;
  }

  private async ask(address: string): Promise<string | null> {
    const parsed = parseIpAddress(address);
    if (parsed === null) return null;
    const canonical = formatIpAddress(parsed);
    const names = (await this.resolver.reverse(canonical)).slice(0, maxNames);
    for (const written of names) {
      const name = written.toLowerCase().replace(/\.$/, '');
      if (!this.matches(name)) continue;
      const addresses = await this.resolver.addresses(name).catch((): readonly string[] => []);
      if (addresses.some((each) => isSame(each, canonical))) return name;
    }
    return null;
  }

  private remember(address: string, name: string | null, isFailure: boolean): void {
    const { ttlMs = 3_600_000, negativeTtlMs = 300_000, maxEntries = 10_000 } = this.options;
    const absentMs = isFailure ? Math.min(negativeTtlMs, failureTtlMs) : negativeTtlMs;
    const timeToLive = name === null ? absentMs : ttlMs;
    this.known.delete(address);
    if (this.known.size >= maxEntries) this.known.delete(this.known.keys().next().value!); // the oldest
    this.known.set(address, { name, until: this.clock.now() + timeToLive });
  }
}

/** Whether a name is the one of a pattern, or below `*.`. */
export function matchesDomain(name: string, pattern: string): boolean {
  return pattern.startsWith('*.')
    ? name.length > pattern.length - 1 && name.endsWith(pattern.slice(1))
    : name === pattern;
}

/** Whether an answer of the DNS says that there is no name. */
function isNotFound(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTFOUND' || code === 'ENODATA';
}

function isSame(written: string, canonical: string): boolean {
  const address = parseIpAddress(written);
  return address !== null && formatIpAddress(address) === canonical;
}

function systemResolver(timeoutMs: number): NameResolver {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  const orNone = (): string[] => [];
  return {
    reverse: (address) => resolver.reverse(address),
    addresses: async (name) => {
      const found = await Promise.all([resolver.resolve4(name).catch(orNone), resolver.resolve6(name).catch(orNone)]);
      return found.flat();
    },
  };
}

function withResolver<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

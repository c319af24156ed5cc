import { type Clock, type Logger, systemClock } from '@windhover/core';
import { type LeaseStore, withLease } from '@windhover/leases';
import { checkOptions, type Rules, rule, wholeNumber, withFunctions } from '@windhover/options';
import type { CertificateIssuer, RevocationReason } from './certificate-issuer.ts';
import type { CertificateStore } from './certificate-store.ts';
import { certificateError } from './errors.ts';
import { LoadedCertificates } from './loaded-certificates.ts';
import { coveringNames, namesToOrder } from './name-rules.ts';
import { nextStep } from './next-step.ts';
import { type OrderContext, orderName, refreshRenewal } from './order-name.ts';
import { OrderPermissions, type Permit } from './order-permissions.ts';
import { type OrderRecord, readOrderRecord } from './order-record.ts';
import { type PendingRevocation, readPendingRevocation, writePendingRevocation } from './pending-revocation.ts';
import { Slots } from './slots.ts';
import type { KeyedCertificate, StoredCertificate } from './stored-certificate.ts';

/** Tells the other processes of this machine that a certificate has changed. Without it they find out when they look. */
export interface CertificateBus {
  publish(message: unknown): void;
  subscribe(listener: (message: unknown) => void): () => void;
}

/** Options of `createCertificateManager`. */
export interface CertificateManagerOptions {
  readonly store: CertificateStore;
  /** One of all processes and machines with this store orders a certificate. */
  readonly leases: LeaseStore;
  /** Who issues: the first one that can and does. */
  readonly issuers: readonly CertificateIssuer[];
  /** Says whether a certificate may be ordered for a name that nobody has named before. Default: none may. */
  readonly permit?: Permit;
  /** Holds the certificates in memory, for a manager that takes the place of another one. Default: a new map. */
  readonly memory?: Map<string, StoredCertificate>;
  /** How many certificates are kept in memory; others are read again when they are asked for. Default: 1000, some 10 MB. */
  readonly maxLoaded?: number;
  /** How many orders run at a time in this process. Default: 4. */
  readonly maxOrders?: number;
  /** Who orders, for people who look at leases. Default: `windhover`. */
  readonly owner?: string;
  readonly bus?: CertificateBus;
  /** Hears whenever a certificate was read or issued. */
  readonly onCertificate?: (name: string, certificate: StoredCertificate) => void;
  /** Default: the console. */
  readonly log?: Logger;
  readonly clock?: Clock;
  /** From 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

const optionRules: Rules<CertificateManagerOptions> = {
  store: withFunctions(['get', 'set', 'delete']),
  leases: withFunctions(['acquire', 'renew', 'release', 'holder']),
  issuers: rule('a list of issuers', (value) => Array.isArray(value)),
  permit: rule('a function', (value) => typeof value === 'function'),
  memory: rule('a Map', (value) => value instanceof Map),
  maxLoaded: wholeNumber(1),
  maxOrders: wholeNumber(1),
  owner: rule('a text', (value) => typeof value === 'string'),
  bus: withFunctions(['publish', 'subscribe']),
  onCertificate: rule('a function', (value) => typeof value === 'function'),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  clock: withFunctions(['now', 'schedule']),
  random: rule('a function', (value) => typeof value === 'function'),
};

/** Certificates change outside of this process too, and the clock may be changed, so each name is looked at that often. */
const lookEveryMs = 6 * 3_600_000;
/** How soon to look again: while somebody else orders, and after the store has failed. */
const othersMs = 15_000;
const storeFailedMs = 30_000;
const obtainAgainMs = 200;
/** How many names of strangers are kept. */
const maxDemanded = 10_000;

interface Name {
  readonly name: string;
  readonly chance: number;
  readonly isDemanded: boolean;
  cancel: () => void;
  checking: Promise<void> | null;
  /** Whether something happened during the check, so that it must be done once more. */
  isStale: boolean;
  warnedAtMs: number;
}

/** Creates what orders, renews and finds certificates. Throws `CERTIFICATES_OPTION_INVALID`. */
export function createCertificateManager(options: CertificateManagerOptions): CertificateManager {
  checkOptions(options, optionRules, (fault) => certificateError('CERTIFICATES_OPTION_INVALID', fault));
  return new CertificateManager(options);
}

/** Orders, renews and finds certificates. Created by `createCertificateManager`. */
export class CertificateManager {
  private readonly options: CertificateManagerOptions;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly random: () => number;
  private readonly loaded: LoadedCertificates;
  private readonly looks = new Slots(16);
  private readonly orders: Slots;
  /** Of names of strangers: they must not stand before those that somebody has named. */
  private readonly demandedOrders = new Slots(2);
  private readonly names = new Map<string, Name>();
  private readonly permissions: OrderPermissions;
  private readonly closing = new AbortController();
  private readonly leave: () => void;

  constructor(options: CertificateManagerOptions) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? console;
    this.random = options.random ?? Math.random;
    const { store, memory = new Map(), maxLoaded = 1000, onCertificate = () => undefined } = options;
    this.loaded = new LoadedCertificates(store, memory, maxLoaded, { clock: this.clock, log: this.log, onCertificate });
    const { permit } = options;
    const { signal } = this.closing;
    this.permissions = new OrderPermissions({ permit, clock: this.clock, log: this.log, signal });
    this.orders = new Slots(options.maxOrders ?? 4);
    this.leave = options.bus?.subscribe((message) => this.hear(message)) ?? (() => undefined);
  }

  /** Keeps certificates for these names from now on, and for no others. Orders those that are missing, each when it may be. */
  manage(names: readonly string[]): void {
    const wanted = new Set(namesToOrder(names));
    for (const [key, { isDemanded }] of this.names) if (!isDemanded && !wanted.has(key)) this.drop(key);
    for (const name of wanted) {
      if (this.names.get(name)?.isDemanded === false) continue;
      this.names.get(name)?.cancel(); // a stranger has asked for it before
      void this.check(this.add(name, false));
    }
  }

  /** Whether a certificate for the name is kept: its own or a wildcard. */
  isManaged(name: string): boolean {
    return coveringNames(name).some((each) => this.names.has(each));
  }

  /**
   * Finds the certificate for a server name: at once, if it is in memory. An expired one is found too: some clients accept it. `null`: there is
   * none yet, or nobody manages that name.
   */
  find(serverName: string): KeyedCertificate | null | Promise<KeyedCertificate | null> {
    for (const name of coveringNames(serverName)) if (this.names.has(name)) return this.loaded.find(name);
    return null;
  }

  /** Waits until a managed name has a certificate. Rejects with `CERTIFICATES_NO_ISSUER` if it has none in time: the log says why. */
  async obtain(name: string, timeoutMs: number): Promise<KeyedCertificate> {
    const endsAtMs = this.clock.now() + timeoutMs;
    for (;;) {
      const entry = this.names.get(name);
      if (entry !== undefined) await this.check(entry);
      const found = await this.loaded.read(name);
      if (found !== null) return found;
      if (this.clock.now() >= endsAtMs || this.closing.signal.aborted)
        throw certificateError('CERTIFICATES_NO_ISSUER', `${name} has none after ${timeoutMs} ms`);
      await new Promise<void>((resolve) => void this.clock.schedule(obtainAgainMs, resolve));
    }
  }

  /**
   * Finds the certificate for a name that nobody has named before, and orders it if `permit` allows that. It may take as long as an order.
   */
  async demand(serverName: string): Promise<KeyedCertificate | null> {
    const found = await this.find(serverName);
    if (found !== null || this.closing.signal.aborted) return found;
    const known = this.names.get(serverName);
    if (known === undefined) {
      const kept = await this.loaded.find(serverName);
      if (kept === null && !(await this.isPermitted(serverName))) return null;
    }
    const entry = this.names.get(serverName) ?? this.add(serverName, true);
    await this.check(entry);
    return this.loaded.find(serverName);
  }

  /**
   * Orders a new certificate with a new key for a name, and then revokes the one it had (RFC 8555 §7.6). Rejects with the reason if one of the two
   * fails. If only the revocation has failed, the next call tries that again, and orders nothing.
   */
  async revoke(name: string, reason: RevocationReason): Promise<void> {
    const { store, issuers } = this.options;
    const replaced = (await readPendingRevocation(store, name)) ?? (await this.replace(name, reason));
    const issuer = issuers.find((each) => each.name === replaced.from);
    if (issuer?.revoke === undefined)
      throw certificateError('CERTIFICATES_NOT_REVOKED', `${replaced.from} cannot revoke its certificates`);
    await issuer.revoke(replaced, reason, this.closing.signal);
    await writePendingRevocation(store, name, null);
  }

  /** Orders a new certificate in the place of one that is to be revoked. */
  private async replace(name: string, reason: RevocationReason): Promise<PendingRevocation> {
    const old = await this.loaded.read(name);
    if (old === null)
      throw certificateError(
        'CERTIFICATES_NOT_REVOKED',
        `none was ordered here for ${name}; one of a file or folder is revoked at its authority, and replaced there`,
      );
    const issuer = this.options.issuers.find((each) => each.name === old.from);
    if (issuer?.revoke === undefined)
      throw certificateError('CERTIFICATES_NOT_REVOKED', `${old.from} cannot revoke its certificates`);
    const order = (signal: AbortSignal): Promise<string | null> =>
      orderName(name, this.context(signal), this.ableFor(name), old);
    const held = await withLease(this.options.leases, leaseName(name), (_, signal) => order(signal), this.leaseOptions);
    if (!held.isHeld)
      throw certificateError('CERTIFICATES_NOT_REVOKED', `somebody else orders a certificate for ${name}`);
    if (held.value !== null) throw certificateError('CERTIFICATES_ACME_REFUSED', held.value);
    const replaced = { cert: old.cert, from: old.from, reason };
    await writePendingRevocation(this.options.store, name, replaced);
    return replaced;
  }

  /** Ends orders that are under way, and all timers. What was found stays usable. */
  async close(): Promise<void> {
    this.closing.abort();
    this.leave();
    const running = [...this.names.values()].map(({ checking }) => checking);
    for (const name of [...this.names.values()]) name.cancel();
    await Promise.all(running);
  }

  private add(name: string, isDemanded: boolean): Name {
    if (isDemanded) this.forgetOldest();
    const entry: Name = {
      ...{ name, isDemanded, chance: this.random(), cancel: () => undefined },
      ...{ checking: null, isStale: false, warnedAtMs: Number.NEGATIVE_INFINITY },
    };
    this.names.set(name, entry);
    return entry;
  }

  private forgetOldest(): void {
    const demanded = [...this.names.values()].filter(({ isDemanded }) => isDemanded);
    if (demanded.length >= maxDemanded) this.drop(demanded[0]!.name);
  }

  private drop(name: string): void {
    this.names.get(name)?.cancel();
    this.names.delete(name);
    this.loaded.forget(name);
  }

  private hear(message: unknown): void {
    const { name } = (message ?? {}) as { readonly name?: unknown };
    const entry = typeof name === 'string' ? this.names.get(name) : undefined;
    if (entry === undefined) return;
    entry.isStale = true;
    void this.check(entry);
  }

  /** Looks at one name, and orders if it is time. Never rejects. */
  private check(entry: Name): Promise<void> {
    entry.checking ??= this.look(entry).finally(() => {
      entry.checking = null;
      if (entry.isStale && this.isCurrent(entry)) void this.check(entry);
    });
    return entry.checking;
  }

  private async look(entry: Name): Promise<void> {
    entry.cancel();
    entry.isStale = false;
    if (!this.isCurrent(entry)) return;
    let nextAtMs = this.clock.now() + storeFailedMs;
    try {
      nextAtMs = await this.step(entry);
    } catch (error) {
      if (this.closing.signal.aborted) return;
      this.log.error('The store of certificates cannot be used', { name: entry.name, error });
    }
    if (!this.isCurrent(entry)) return;
    const delayMs = Math.min(lookEveryMs, Math.max(0, nextAtMs - this.clock.now()));
    entry.cancel = this.clock.schedule(delayMs, () => void this.check(entry));
  }

  /** Returns when to look again. */
  private async step(entry: Name): Promise<number> {
    const { name } = entry;
    const { certificate, record } = await this.looks.run(() => this.read(name));
    this.warn(entry, certificate);
    const able = this.ableFor(name);
    if (able.length === 0) return this.tellNobody(entry);
    const step = nextStep({ certificate, record, issuers: able, now: this.clock.now(), chance: entry.chance });
    const asksRenewal = certificate !== null && this.asksRenewal(certificate, record);
    if (step.atMs > this.clock.now() && !asksRenewal) return step.atMs;
    const work = (signal: AbortSignal): Promise<number> => this.work(entry, able, signal);
    const { leases } = this.options;
    const held = await (entry.isDemanded ? this.demandedOrders : this.orders).run(() =>
      withLease(leases, leaseName(name), (_, signal) => work(signal), this.leaseOptions),
    );
    return held.isHeld ? held.value : this.clock.now() + othersMs;
  }

  /** Orders, as the one who has the lease. Somebody else may have done it just before. */
  private async work(entry: Name, able: readonly string[], signal: AbortSignal): Promise<number> {
    const { name, chance } = entry;
    const context = this.context(signal);
    const before = await this.read(name);
    const { certificate } = before;
    const asks = certificate !== null && this.asksRenewal(certificate, before.record);
    const record = asks ? await refreshRenewal(name, certificate, before.record, context) : before.record;
    const step = nextStep({ certificate, record, issuers: able, now: this.clock.now(), chance });
    if (step.atMs > this.clock.now()) return step.atMs;
    if (entry.isDemanded && !(await this.isPermitted(name))) return this.clock.now() + lookEveryMs;
    this.log.info(certificate === null ? 'A certificate is ordered' : 'A certificate is renewed', { name });
    await orderName(name, context, step.issuers, certificate);
    const after = await this.read(name);
    return nextStep({ ...after, issuers: able, now: this.clock.now(), chance }).atMs;
  }

  private async read(
    name: string,
  ): Promise<{ readonly certificate: StoredCertificate | null; readonly record: OrderRecord }> {
    const certificate = await this.loaded.read(name);
    return { certificate, record: await readOrderRecord(this.options.store, name) };
  }

  private asksRenewal(certificate: StoredCertificate, { renewal }: OrderRecord): boolean {
    const issuer = this.options.issuers.find(({ name }) => name === certificate.from);
    if (issuer?.renewalInfo === undefined) return false;
    return renewal?.serial !== certificate.serial || renewal.askAgainAtMs <= this.clock.now();
  }

  private ableFor(name: string): readonly string[] {
    return this.options.issuers.filter((issuer) => issuer.refusal(name) === null).map((issuer) => issuer.name);
  }

  private tellNobody(entry: Name): number {
    const reasons = this.options.issuers.map((issuer) => `${issuer.name}: ${issuer.refusal(entry.name)}`);
    this.log.error('Nobody can issue a certificate', { name: entry.name, reasons: reasons.join('; ') });
    return Number.POSITIVE_INFINITY;
  }

  /** A certificate should have been renewed when a sixth of its lifetime is left. */
  private warn(entry: Name, certificate: StoredCertificate | null): void {
    if (certificate === null) return;
    const { validFrom, validTo } = certificate;
    const now = this.clock.now();
    if (validTo - now > (validTo - validFrom) / 6 || now - entry.warnedAtMs < 86_400_000) return;
    entry.warnedAtMs = now;
    const daysLeft = Math.floor(((validTo - now) / 86_400_000) * 10) / 10;
    this.log.warn(daysLeft < 0 ? 'A certificate has expired' : 'A certificate expires soon', {
      name: entry.name,
      daysLeft,
    });
  }

  private context(signal: AbortSignal): OrderContext {
    const { store, issuers, bus } = this.options;
    return {
      ...{ store, issuers, clock: this.clock, log: this.log },
      signal: AbortSignal.any([signal, this.closing.signal]),
      issued: (name, certificate) => void this.loaded.keep(name, certificate),
      saved: (name) => bus?.publish({ name }),
    };
  }

  private get leaseOptions() {
    const { owner = 'windhover' } = this.options;
    return { owner, ttlMs: 60_000, clock: this.clock };
  }

  private isCurrent(entry: Name): boolean {
    return !this.closing.signal.aborted && this.names.get(entry.name) === entry;
  }

  private async isPermitted(name: string): Promise<boolean> {
    return this.ableFor(name).length > 0 && (await this.permissions.ask(name));
  }
}

function leaseName(name: string): string {
  return `certificate ${name}`;
}

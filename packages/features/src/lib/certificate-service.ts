import {
  type CertificateIssuer,
  type CertificateManager,
  type CertificateStatus,
  type CertificateStore,
  type FolderCertificate,
  type FolderCertificates,
  type FolderStatus,
  namesToOrder,
  type RevocationReason,
  readCertificateStatus,
} from '@windhover/certificates';
import type { Clock, Logger } from '@windhover/core/feature';

type Found = FolderCertificate | null;

/** The parts behind the key `certificates`. */
export interface CertificateParts {
  readonly store: CertificateStore;
  readonly issuers: readonly CertificateIssuer[];
  readonly manager: CertificateManager;
  readonly folder: FolderCertificates | null;
  readonly isOnDemand: boolean;
  readonly isShared: boolean;
  /** Connects with the store, where the configuration is only looked at. */
  readonly connect: () => Promise<void>;
  /** Answers TLS-ALPN-01. */
  readonly challenge: (serverName: string) => Promise<Found>;
  readonly log: Logger;
  readonly clock: Clock;
}

/** How often the log hears of certificates that cannot be found. */
const toldEveryMs = 60_000;

/** The certificates of a configuration, for the server that opens its listeners. */
export class CertificateService {
  private readonly parts: CertificateParts;
  private names: readonly string[] = [];
  private toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: CertificateParts) {
    this.parts = parts;
  }

  /** Whether names of no site may have a certificate. */
  get hasOthers(): boolean {
    return this.parts.folder !== null || this.parts.isOnDemand;
  }

  /** Whether there is a folder, and nobody who could issue certificates. */
  get isFolderOnly(): boolean {
    return this.parts.folder !== null && this.parts.issuers.length === 0;
  }

  get isOnDemand(): boolean {
    return this.parts.isOnDemand;
  }

  /** Says why nobody can issue a certificate for a name; `null`: somebody can. */
  refusal(name: string): string | null {
    const reasons = this.parts.issuers.map((issuer) => issuer.refusal(name));
    if (reasons.includes(null)) return null;
    const told = reasons.map((reason, index) => `${this.parts.issuers[index]!.name}: ${reason}`);
    return told.length === 0 ? 'there is neither `acme` nor `local` under `certificates`' : told.join('; ');
  }

  /** Keeps certificates for these names from now on. */
  manage(names: readonly string[]): void {
    this.names = names;
    this.parts.manager.manage(names);
  }

  /** Whether a name is one of those that are managed, and none that a stranger has asked for. */
  isNamed(name: string): boolean {
    return this.names.includes(name);
  }

  /** Finds the certificate of a managed name. */
  find(serverName: string): Found | Promise<Found> {
    const { folder, manager } = this.parts;
    if (folder === null) return this.told(serverName, () => manager.find(serverName));
    return this.firstOf(serverName, [() => folder.find(serverName), () => manager.find(serverName)]);
  }

  /** Finds the certificate of a name that no site has. */
  findOther(serverName: string): Found | Promise<Found> {
    const { folder, manager, isOnDemand } = this.parts;
    const ways: (() => Found | Promise<Found>)[] = [];
    if (serverName === '') return null;
    if (folder !== null) ways.push(() => folder.find(serverName));
    if (isOnDemand) ways.push(() => manager.demand(serverName));
    return this.firstOf(serverName, ways);
  }

  findChallenge(serverName: string): Promise<Found> {
    return this.parts.challenge(serverName);
  }

  /** Whether the certificates are in one of `stores`. */
  get isShared(): boolean {
    return this.parts.isShared;
  }

  /** Connects with the store, where the configuration is only looked at. A server does so when it starts. */
  connect(): Promise<void> {
    return this.parts.connect();
  }

  /** What the store knows of these names; those that a wildcard among them covers are left out. */
  status(names: readonly string[]): Promise<readonly CertificateStatus[]> {
    const { store, issuers, clock } = this.parts;
    return Promise.all(
      namesToOrder(names).map((name) => {
        const able = issuers.filter((issuer) => issuer.refusal(name) === null).map((issuer) => issuer.name);
        return readCertificateStatus(store, name, able, clock.now());
      }),
    );
  }

  /** What the folder holds. */
  async folderStatus(): Promise<readonly FolderStatus[]> {
    return (await this.parts.folder?.list()) ?? [];
  }

  /** Orders a new certificate for a name, then revokes the old one. */
  revoke(name: string, reason: RevocationReason): Promise<void> {
    return this.parts.manager.revoke(name, reason);
  }

  private firstOf(serverName: string, ways: readonly (() => Found | Promise<Found>)[]): Found | Promise<Found> {
    const from = (index: number): Found | Promise<Found> => {
      const way = ways[index];
      if (way === undefined) return null;
      const found = this.told(serverName, way);
      if (found instanceof Promise) return found.then((later) => later ?? from(index + 1));
      return found ?? from(index + 1);
    };
    return from(0);
  }

  /** A store that fails must be told, and the client gets no certificate. */
  private told(serverName: string, way: () => Found | Promise<Found>): Found | Promise<Found> {
    const tell = (error: unknown): null => {
      const now = this.parts.clock.now();
      if (now - this.toldAtMs >= toldEveryMs)
        this.parts.log.error('A certificate cannot be looked for', { name: serverName, error });
      this.toldAtMs = now;
      return null;
    };
    try {
      const found = way();
      return found instanceof Promise ? found.catch(tell) : found;
    } catch (error) {
      return tell(error);
    }
  }
}

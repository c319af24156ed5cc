import type { Clock, Logger } from '@windhover/core';
import type { CertificateStore } from './certificate-store.ts';
import { certificateTextName } from './order-record.ts';
import { parseStored, type StoredCertificate } from './stored-certificate.ts';

/** How long a certificate that is not in the store is not looked for again when clients ask for it. */
const missingMs = 2000;

interface LoadedParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly onCertificate: (name: string, certificate: StoredCertificate) => void;
}

/** The certificates of a store that were asked for, the last ones in memory. While the store cannot be reached, these go on. */
export class LoadedCertificates {
  private readonly store: CertificateStore;
  private readonly max: number;
  private readonly parts: LoadedParts;
  private readonly kept: Map<string, StoredCertificate>;
  private readonly missingUntil = new Map<string, number>();
  private readonly reading = new Map<string, Promise<StoredCertificate | null>>();

  constructor(store: CertificateStore, kept: Map<string, StoredCertificate>, max: number, parts: LoadedParts) {
    this.store = store;
    this.kept = kept;
    this.max = max;
    this.parts = parts;
  }

  /** Returns a certificate from memory, at once, or from the store. */
  find(name: string): StoredCertificate | null | Promise<StoredCertificate | null> {
    const kept = this.kept.get(name);
    if (kept !== undefined) {
      if (this.kept.size >= this.max) {
        this.kept.delete(name); // the one that was asked for last stays longest
        this.kept.set(name, kept);
      }
      return kept;
    }
    if ((this.missingUntil.get(name) ?? 0) > this.parts.clock.now()) return null;
    return this.read(name);
  }

  /** Reads it from the store, whatever is in memory. The same certificate stays the same object. Rejects if the store fails. */
  read(name: string): Promise<StoredCertificate | null> {
    const running = this.reading.get(name);
    if (running !== undefined) return running;
    const reading = this.readOnce(name).finally(() => this.reading.delete(name));
    this.reading.set(name, reading);
    return reading;
  }

  keep(name: string, certificate: StoredCertificate): StoredCertificate {
    const kept = this.kept.get(name);
    if (kept?.cert === certificate.cert && kept.key === certificate.key) return kept;
    if (kept !== undefined && kept.validFrom > certificate.validFrom) return kept; // the new one is not saved yet
    this.kept.delete(name);
    this.kept.set(name, certificate);
    if (this.kept.size > this.max) this.kept.delete(this.kept.keys().next().value!);
    this.missingUntil.delete(name);
    this.parts.onCertificate(name, certificate);
    return certificate;
  }

  forget(name: string): void {
    this.kept.delete(name);
    this.missingUntil.delete(name);
  }

  private async readOnce(name: string): Promise<StoredCertificate | null> {
    const text = await this.store.get(certificateTextName(name));
    if (text === null) {
      if (this.missingUntil.size >= this.max) this.missingUntil.clear();
      this.missingUntil.set(name, this.parts.clock.now() + missingMs);
      return this.kept.get(name) ?? null; // one that works is not taken away
    }
    try {
      return this.keep(name, parseStored(text));
    } catch (error) {
      this.parts.log.error('A certificate in the store cannot be used', { name, error });
      return this.kept.get(name) ?? null;
    }
  }
}

import type { CertificateFinder, FoundCertificate } from './certificate-finder.ts';
import type { AskedCertificates } from './client-certificates.ts';
import { type ContextSettings, makeContext } from './make-context.ts';
import { certificatesOf } from './node-internals.ts';
import { pemCertificates } from './read-pem.ts';
import { type Stapler, stapleOf } from './stapler.ts';
import type { TlsSite } from './tls-contexts.ts';

/** The contexts of the certificates that a finder finds. Each lives as long as its certificate: the finder decides how many there are. */
export class FoundSites {
  private readonly finder: CertificateFinder;
  private readonly settings: ContextSettings;
  private readonly asked: AskedCertificates | null;
  private readonly stapler: Stapler | null;
  private readonly made = new WeakMap<FoundCertificate, TlsSite>();
  private current: TlsSite | null = null;

  constructor(
    finder: CertificateFinder,
    settings: ContextSettings,
    asked: AskedCertificates | null,
    stapler: Stapler | null,
  ) {
    this.finder = finder;
    this.stapler = stapler;
    this.settings = settings;
    this.asked = asked;
  }

  /** Throws or rejects if the certificate cannot be used, or the finder fails. */
  find(serverName: string): TlsSite | null | Promise<TlsSite | null> {
    const found = this.finder.find(serverName);
    return found instanceof Promise
      ? found.then((later) => this.siteOf(later, serverName))
      : this.siteOf(found, serverName);
  }

  /** Finds the one for clients that ask for no name, so that it is there for the first of them. */
  async first(): Promise<void> {
    try {
      this.current = await this.find('');
    } catch (error) {
      stays(error);
    }
  }

  /**
   * The one for clients that ask for no name, now: nobody can wait for it. If the finder takes a while, that is the one it found the last time. A
   * finder that fails changes nothing.
   */
  last(): TlsSite | null {
    try {
      const found = this.find('');
      if (found instanceof Promise) found.then((site) => (this.current = site ?? this.current), stays);
      else this.current = found ?? this.current;
    } catch (error) {
      stays(error);
    }
    return this.current;
  }

  private siteOf(found: FoundCertificate | null, serverName: string): TlsSite | null {
    if (found === null) return null;
    const existing = this.made.get(found);
    if (existing !== undefined) return existing;
    const from = `the certificate for ${JSON.stringify(serverName)}`;
    const context = makeContext(this.settings, { found, from, asked: this.asked });
    const chain = (): readonly (Uint8Array | string)[] =>
      'cert' in found ? pemCertificates(found.cert) : certificatesOf(context);
    const site = { context, asked: this.asked, staple: stapleOf(this.stapler, chain) };
    this.made.set(found, site);
    return site;
  }
}

/** The finder has told of its failure. */
const stays = (_error: unknown): void => undefined;

import type { SecureContext } from 'node:tls';
import type { AskedCertificates } from './client-certificates.ts';
import type { TransportError } from './errors.ts';
import { type ContextCertificate, type ContextSettings, makeContext } from './make-context.ts';
import type { Staple } from './stapler.ts';
import type { TlsSite } from './tls-contexts.ts';

/** How many contexts of files are kept, some 20 KB each. Others are made again when a client asks for them. */
const maxMade = 1000;
/** How many are made at the start, so that what OpenSSL does not take is told at once. More would cost a millisecond or more each. */
const maxEarly = 100;
/** How many of those of usual pairs, which it takes. */
const maxUsual = 10;

/** The contexts that the sites of one load have made. */
export class MadeContexts {
  private readonly made = new Map<FileSite, SecureContext>();

  private readonly warn: (warning: TransportError) => void;

  /** @param warn hears of each certificate that OpenSSL does not take when a client asks for it */
  constructor(warn: (warning: TransportError) => void) {
    this.warn = warn;
  }

  /** Makes the context of a site now, unless there are many. A usual pair is one that `glanceAtPair` knows. Throws a `TransportError` if OpenSSL does not take the certificate. */
  makeEarly(site: FileSite, isUsual: boolean): void {
    if (this.made.size < (isUsual ? maxUsual : maxEarly)) this.keep(site, site.make());
  }

  /** Throws a `TransportError` if OpenSSL does not take the certificate. */
  get(site: FileSite): SecureContext {
    const made = this.made.get(site);
    if (made !== undefined && this.made.size < maxMade) return made;
    try {
      return this.keep(site, made ?? site.make());
    } catch (error) {
      if (!site.isTold) this.warn(error as TransportError);
      site.isTold = true;
      throw error;
    }
  }

  private keep(site: FileSite, context: SecureContext): SecureContext {
    this.made.delete(site); // the one that was asked for last stays longest
    this.made.set(site, context);
    if (this.made.size > maxMade) this.made.delete(this.made.keys().next().value!);
    return context;
  }
}

/** A certificate that was read from files, whose context is made when it is first asked for. */
export class FileSite implements TlsSite {
  readonly asked: AskedCertificates | null;
  readonly staple: Staple | null;
  /** Whether somebody was told that OpenSSL does not take it. */
  isTold = false;
  private readonly settings: ContextSettings;
  private readonly certificate: ContextCertificate;
  private readonly contexts: MadeContexts;

  constructor(settings: ContextSettings, certificate: ContextCertificate, staple: Staple | null, made: MadeContexts) {
    this.settings = settings;
    this.certificate = certificate;
    this.asked = certificate.asked;
    this.staple = staple;
    this.contexts = made;
  }

  get context(): SecureContext {
    return this.contexts.get(this);
  }

  make(): SecureContext {
    return makeContext(this.settings, this.certificate);
  }
}

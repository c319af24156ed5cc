import type { SecureContext } from 'node:tls';
import { type CertificateFiles, type KeyPair, outOfDate, readKeyPair } from './certificate-files.ts';
import { type CertificateFinder, isFinder } from './certificate-finder.ts';
import { type AskedCertificates, readClientCertificates } from './client-certificates.ts';
import type { TransportError } from './errors.ts';
import { FileSite, MadeContexts } from './file-site.ts';
import { FoundSites } from './found-sites.ts';
import { makeContext } from './make-context.ts';
import { mapAhead } from './map-ahead.ts';
import { nameMismatch } from './name-mismatch.ts';
import { pairsRead } from './pairs-read.ts';
import { pemCertificates } from './read-pem.ts';
import { canonicalServerName, matchingKeys } from './server-name.ts';
import { type Staple, type Stapler, stapleOf } from './stapler.ts';

/** The settings for creating TLS contexts. */
export interface TlsContextOptions {
  /** `null`: clients that ask for no name, or for one without a certificate, are refused. */
  readonly certificate: CertificateFiles | CertificateFinder | null;
  /** Keys are made by `serverNameKey`. */
  readonly serverNames: ReadonlyMap<string, CertificateFiles | CertificateFinder>;
  /** Asked for names that are not in `serverNames`. */
  readonly otherNames: CertificateFinder | undefined;
  /** Finds the certificate for a challenge of TLS-ALPN-01. */
  readonly challenges: CertificateFinder | undefined;
  readonly stapler: Stapler | null;
  /** Whether what `checkCertificate` has read is still good. */
  readonly isFirst: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers: string;
}

/** What one server name gets: our certificate, and what is asked of the client. */
export interface TlsSite {
  /** Throws a `TransportError` if OpenSSL does not take the certificate. */
  readonly context: SecureContext;
  /** What is sent with the certificate; `null`: nothing. */
  readonly staple: Staple | null;
  /** `null`: the client is not asked for a certificate. */
  readonly asked: AskedCertificates | null;
}

/** The certificates of one load. A handshake uses the same set throughout, whatever is loaded meanwhile. */
export interface TlsContexts {
  readonly default: TlsSite;
  /** Whether the default context has a certificate. */
  readonly hasDefault: boolean;
  /**
   * Whether sessions may be resumed. If any client is asked for a certificate, none may: OpenSSL resumes a session
   * before it looks at the server name, so a session of one name would open another.
   */
  readonly canResume: boolean;
  /**
   * The context for the name a client asks for; that of `certificate` if no other matches. `null`: there is no
   * certificate for it. Never throws, whatever the name.
   */
  choose(serverName: string): TlsSite | null | Promise<TlsSite | null>;
  /** The context for the client of TLS-ALPN-01 (RFC 8737); `null`: no challenge for the name is under way. */
  chooseChallenge(serverName: string): TlsSite | null | Promise<TlsSite | null>;
  /** Whether challenges of TLS-ALPN-01 are answered. */
  readonly hasChallenges: boolean;
  /** Whether answers of OCSP responders may be sent. */
  readonly canStaple: boolean;
  /** Whether `choose` or `chooseChallenge` may find another site than `default`, or something is sent with it: Node then asks in each handshake. */
  readonly hasChoice: boolean;
  /** Certificates that are expired, not valid yet, or not for the name they are configured for. */
  readonly warnings: readonly TransportError[];
}

type Chosen = TlsSite | null;

/** Several names often share their files. */
interface LoadedFiles {
  readonly pair: KeyPair;
  readonly site: TlsSite;
}

/**
 * Reads all files. Rejects with a `TransportError` if one of them is invalid.
 *
 * @param warn hears later of certificates that OpenSSL does not take
 */
export async function loadTlsContexts(
  options: TlsContextOptions,
  now: number,
  warn: (warning: TransportError) => void,
): Promise<TlsContexts> {
  const warnings: TransportError[] = [];
  const { certificate, otherNames, challenges } = options;
  const all = [certificate, otherNames, ...options.serverNames.values()];
  const canResume = !all.some((each) => each?.clientCertificates);
  const settings = { ...options, canResume };
  const empty: TlsSite = { context: makeContext(settings, null), asked: null, staple: null };
  const made = new MadeContexts(warn);
  const loaded = new Map<string, LoadedFiles>();
  const load = async (files: CertificateFiles, key: string | null): Promise<TlsSite> => {
    const id = JSON.stringify(files);
    const { pair, site } = loaded.get(id) ?? (await read(files));
    loaded.set(id, { pair, site });
    const found = key === null ? null : nameMismatch(pair, key, files.certFile);
    if (found !== null) warnings.push(found);
    return site;
  };
  const pairs = await readPairs([certificate, ...options.serverNames.values()], options.isFirst);
  const read = async (files: CertificateFiles): Promise<LoadedFiles> => {
    const pair = pairs.get(JSON.stringify(files)) ?? (await readKeyPair(files));
    const { certFile } = files;
    const asked = await readAsked(files);
    const found = outOfDate(pair, files, now);
    if (found !== null) warnings.push(found);
    const staple = stapleOf(options.stapler, () => pemCertificates(pair.cert));
    const site = new FileSite(
      settings,
      { found: { cert: pair.cert, key: pair.key }, from: certFile, asked },
      staple,
      made,
    );
    made.makeEarly(site, pair.glance !== null);
    return { pair, site };
  };
  const open = async (
    source: CertificateFiles | CertificateFinder,
    key: string | null,
  ): Promise<TlsSite | FoundSites> =>
    isFinder(source) ? new FoundSites(source, settings, await readAsked(source), options.stapler) : load(source, key);
  const fallback = certificate === null ? null : await open(certificate, null);
  if (fallback instanceof FoundSites) await fallback.first();
  const table = new Map<string, TlsSite | FoundSites>();
  for (const [key, files] of options.serverNames) table.set(key, await open(files, key));
  loaded.clear();
  pairs.clear();
  const others = otherNames === undefined ? null : await open(otherNames, null);
  const challenged = challenges === undefined ? null : new FoundSites(challenges, settings, null, null);
  const hasResponder = (source: TlsSite | FoundSites | null): boolean =>
    source instanceof FoundSites || (source?.staple ?? null) !== null;
  const canStaple = options.stapler !== null && [fallback, others, ...table.values()].some(hasResponder);
  const defaultSite = (): Chosen => (fallback instanceof FoundSites ? fallback.last() : fallback);
  /** Asks one after the other, the next one only if the one before has none. */
  const chooseOf = (sources: readonly (TlsSite | FoundSites)[], name: string, from = 0): Chosen | Promise<Chosen> => {
    for (let index = from; index < sources.length; index++) {
      const source = sources[index]!;
      const site = source instanceof FoundSites ? source.find(name) : source;
      if (site instanceof Promise) return site.then((found) => found ?? chooseOf(sources, name, index + 1));
      if (site !== null) return site;
    }
    return null;
  };
  return {
    get default() {
      return defaultSite() ?? empty;
    },
    get hasDefault() {
      return defaultSite() !== null;
    },
    canResume,
    choose(serverName) {
      const name = canonicalServerName(serverName);
      if (name === null) return defaultSite();
      const named = matchingKeys(name).flatMap((key) => table.get(key) ?? []);
      const sources = others === null ? named : [...named, others];
      // A name of the table whose certificate is not there yet must not show that of another site.
      if (named.some((source) => source instanceof FoundSites)) return chooseOf(sources, name);
      if (sources.length === 0) return defaultSite();
      const chosen = chooseOf(sources, name);
      return chosen instanceof Promise ? chosen.then((site) => site ?? defaultSite()) : (chosen ?? defaultSite());
    },
    chooseChallenge(serverName) {
      const name = canonicalServerName(serverName);
      return name === null || challenged === null ? null : challenged.find(name);
    },
    hasChallenges: challenged !== null,
    canStaple,
    hasChoice: table.size > 0 || others !== null || challenged !== null || canStaple,
    warnings,
  };
}

/** Reads the pairs of all files, each once. */
async function readPairs(
  sources: readonly (CertificateFiles | CertificateFinder | null)[],
  isFirst: boolean,
): Promise<Map<string, KeyPair>> {
  const files = new Map<string, CertificateFiles>();
  for (const source of sources) if (source !== null && !isFinder(source)) files.set(JSON.stringify(source), source);
  const pairs = await mapAhead(
    [...files.values()],
    async (each) => (isFirst && pairsRead.of(each)) || readKeyPair(each),
  );
  return new Map([...files.keys()].map((id, index) => [id, pairs[index]!]));
}

function readAsked({
  clientCertificates,
}: Pick<CertificateFiles, 'clientCertificates'>): Promise<AskedCertificates> | null {
  return clientCertificates === undefined ? null : readClientCertificates(clientCertificates);
}

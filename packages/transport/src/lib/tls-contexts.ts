import { constants } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { type CertificateFiles, type KeyPair, outOfDate, readKeyPair } from './certificate-files.ts';
import { type AskedCertificates, readClientCertificates } from './client-certificates.ts';
import { TransportError } from './errors.ts';
import { nameMismatch } from './name-mismatch.ts';
import { nodeTls } from './node-tls.ts';
import { canonicalServerName, matchingKeys } from './server-name.ts';
import { tlsOptionError } from './tls-option-error.ts';

/** The settings for creating TLS contexts. */
export interface TlsContextOptions {
  /** `null`: clients that ask for no name, or for one without a certificate, are refused. */
  readonly certificate: CertificateFiles | null;
  /** Keys are made by `serverNameKey`. */
  readonly serverNames: ReadonlyMap<string, CertificateFiles>;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers: string | undefined;
}

/** What one server name gets: our certificate, and what is asked of the client. */
export interface TlsSite {
  readonly context: SecureContext;
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
  choose(serverName: string): TlsSite | null;
  /** Certificates that are expired, not valid yet, or not for the name they are configured for. */
  readonly warnings: readonly TransportError[];
}

/** Reads all files. Rejects with a `TransportError` if one of them is invalid. */
export async function loadTlsContexts(options: TlsContextOptions, now: number): Promise<TlsContexts> {
  const warnings: TransportError[] = [];
  const { certificate } = options;
  const canResume = ![certificate, ...options.serverNames.values()].some((files) => files?.clientCertificates);
  const settings = { ...options, canResume };
  const load = async (files: CertificateFiles, key: string | null): Promise<TlsSite> => {
    const pair = await readKeyPair(files);
    const { certFile, clientCertificates } = files;
    const asked = clientCertificates === undefined ? null : await readClientCertificates(clientCertificates);
    const found = [outOfDate(pair, files, now), key === null ? null : nameMismatch(pair.leaf, key, certFile)];
    warnings.push(...found.filter((warning) => warning !== null));
    return { context: makeContext(settings, { ...pair, certFile, asked }), asked };
  };
  const fallback = certificate === null ? null : await load(certificate, null);
  const table = new Map<string, TlsSite>();
  for (const [key, files] of options.serverNames) table.set(key, await load(files, key));
  const choose = (serverName: string): TlsSite | null => {
    const name = canonicalServerName(serverName);
    const key = name === null ? undefined : matchingKeys(name).find((each) => table.has(each));
    return key === undefined ? fallback : table.get(key)!;
  };
  const site = fallback ?? { context: makeContext(settings, null), asked: null };
  return { default: site, hasDefault: fallback !== null, canResume, choose, warnings };
}

/** Creates a context. With no certificate every handshake fails that no other context takes over. */
function makeContext(
  { minVersion, ciphers, canResume }: TlsContextOptions & Pick<TlsContexts, 'canResume'>,
  certificate: (KeyPair & { readonly certFile: string; readonly asked: AskedCertificates | null }) | null,
): SecureContext {
  // Renegotiation would let a client repeat the expensive part of a handshake at will.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION | (canResume ? 0 : constants.SSL_OP_NO_TICKET);
  const common = { minVersion, honorCipherOrder: true, secureOptions, ...(ciphers === undefined ? {} : { ciphers }) };
  const pair = certificate === null ? {} : { cert: certificate.cert, key: certificate.key };
  const asked = certificate?.asked ?? null;
  const authorities = asked === null ? {} : { ca: [...asked.ca], ...(asked.crl.length > 0 && { crl: [...asked.crl] }) };
  try {
    return nodeTls().createSecureContext({ ...common, ...pair, ...authorities });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_SSL_NO_CIPHER_MATCH') {
      throw tlsOptionError(
        `ciphers: OpenSSL knows none of ${JSON.stringify(ciphers)}: take names that openssl ciphers lists`,
        error,
      );
    }
    throw new TransportError(
      'TRANSPORT_TLS_BAD_CERTIFICATE',
      `${certificate?.certFile}: OpenSSL does not take it: ${message}`,
      error,
    );
  }
}

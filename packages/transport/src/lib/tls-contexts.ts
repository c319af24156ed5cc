import { constants } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { type CertificateFiles, type KeyPair, outOfDate, readKeyPair } from './certificate-files.ts';
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

/** The certificates of one load. A handshake uses the same set throughout, whatever is loaded meanwhile. */
export interface TlsContexts {
  readonly default: SecureContext;
  /** Whether the default context has a certificate. */
  readonly hasDefault: boolean;
  /**
   * The context for the name a client asks for; that of `certificate` if no other matches. `null`: there is no
   * certificate for it. Never throws, whatever the name.
   */
  choose(serverName: string): SecureContext | null;
  /** Certificates that are expired, not valid yet, or not for the name they are configured for. */
  readonly warnings: readonly TransportError[];
}

/** Reads all files. Rejects with a `TransportError` if one of them is invalid. */
export async function loadTlsContexts(options: TlsContextOptions, now: number): Promise<TlsContexts> {
  const warnings: TransportError[] = [];
  const load = async (files: CertificateFiles, key: string | null): Promise<SecureContext> => {
    const pair = await readKeyPair(files);
    const found = [outOfDate(pair, files, now), key === null ? null : nameMismatch(pair.leaf, key, files.certFile)];
    warnings.push(...found.filter((warning) => warning !== null));
    return makeContext(options, { ...pair, certFile: files.certFile });
  };
  const { certificate } = options;
  const fallback = certificate === null ? null : await load(certificate, null);
  const table = new Map<string, SecureContext>();
  for (const [key, files] of options.serverNames) table.set(key, await load(files, key));
  const choose = (serverName: string): SecureContext | null => {
    const name = canonicalServerName(serverName);
    const key = name === null ? undefined : matchingKeys(name).find((each) => table.has(each));
    return key === undefined ? fallback : table.get(key)!;
  };
  return { default: fallback ?? makeContext(options, null), hasDefault: fallback !== null, choose, warnings };
}

/** Creates a context. With no certificate every handshake fails that no other context takes over. */
function makeContext(
  { minVersion, ciphers }: TlsContextOptions,
  certificate: (KeyPair & { readonly certFile: string }) | null,
): SecureContext {
  // Renegotiation would let a client repeat the expensive part of a handshake at will, and is useless without client
  // certificates.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
  const common = { minVersion, honorCipherOrder: true, secureOptions, ...(ciphers === undefined ? {} : { ciphers }) };
  const pair = certificate === null ? {} : { cert: certificate.cert, key: certificate.key };
  try {
    return nodeTls().createSecureContext({ ...common, ...pair });
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

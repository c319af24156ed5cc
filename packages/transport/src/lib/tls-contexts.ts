import { constants } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { domainToASCII } from 'node:url';
import { type CertificateFiles, type KeyPair, outOfDate, readKeyPair } from './certificate-files.ts';
import { TransportError } from './errors.ts';
import { nodeTls } from './node-tls.ts';
import { canonicalServerName, matchingKeys } from './server-name.ts';

/** What contexts are made from. */
export interface TlsContextOptions {
  readonly certificate: CertificateFiles;
  readonly serverNames: Readonly<Record<string, CertificateFiles>>;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers: string | undefined;
}

/** The certificates of one moment: a handshake sees these alone, whatever is loaded meanwhile. */
export interface TlsContexts {
  readonly default: SecureContext;
  /** The context for the name a client asks for; that of `certificate` if no other is meant. Never throws, whatever the name. */
  choose(serverName: string): SecureContext;
  /** Certificates that are expired, or not valid yet. */
  readonly warnings: readonly TransportError[];
}

/** Reads all files. Rejects with a `TransportError` if one of them will not do. */
export async function loadTlsContexts(options: TlsContextOptions, now: number): Promise<TlsContexts> {
  const warnings: TransportError[] = [];
  const load = async (files: CertificateFiles): Promise<SecureContext> => {
    const pair = await readKeyPair(files);
    const warning = outOfDate(pair, files, now);
    if (warning !== null) warnings.push(warning);
    return makeContext(options, pair, files);
  };
  const fallback = await load(options.certificate);
  const table = new Map<string, SecureContext>();
  for (const [name, files] of Object.entries(options.serverNames)) {
    const key = nameKey(name);
    if (table.has(key)) throw badOption(`serverNames has ${JSON.stringify(key)} twice, in two spellings: leave one`);
    table.set(key, await load(files));
  }
  const choose = (serverName: string): SecureContext => {
    const name = canonicalServerName(serverName);
    const key = name === null ? undefined : matchingKeys(name).find((each) => table.has(each));
    return key === undefined ? fallback : table.get(key)!;
  };
  return { default: fallback, choose, warnings };
}

export function badOption(what: string, cause?: unknown): TransportError {
  return new TransportError('TRANSPORT_TLS_BAD_OPTION', what, cause);
}

/** `*.Example.ORG.` and `bücher.example` as clients will ask for them. */
function nameKey(name: string): string {
  const [, wildcard = '', rest = ''] = /^(\*\.)?(.*)$/s.exec(name) ?? [];
  const canonical = canonicalServerName(domainToASCII(rest));
  if (canonical !== null && (wildcard === '' || canonical.includes('.'))) return wildcard + canonical;
  const expected = `a host name, or *. and a domain, as in 'example.org' or '*.example.org'`;
  throw badOption(`serverNames: ${expected}, was expected, got ${JSON.stringify(name)}`);
}

function makeContext(options: TlsContextOptions, pair: KeyPair, files: CertificateFiles): SecureContext {
  const { minVersion, ciphers } = options;
  // Renegotiation lets a client have the expensive part of a handshake again and again, and has no use without client certificates.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
  const common = { cert: pair.cert, key: pair.key, minVersion, honorCipherOrder: true, secureOptions };
  try {
    return nodeTls().createSecureContext(ciphers === undefined ? common : { ...common, ciphers });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_SSL_NO_CIPHER_MATCH') {
      throw badOption(
        `ciphers: OpenSSL knows none of ${JSON.stringify(ciphers)}: take names that openssl ciphers lists`,
        error,
      );
    }
    throw new TransportError(
      'TRANSPORT_TLS_BAD_CERTIFICATE',
      `${files.certFile}: OpenSSL does not take it: ${message}`,
      error,
    );
  }
}

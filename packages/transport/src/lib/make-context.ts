import { constants } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { FoundCertificate } from './certificate-finder.ts';
import type { AskedCertificates } from './client-certificates.ts';
import { TransportError } from './errors.ts';
import { nodeTls } from './node-tls.ts';
import { tlsOptionError } from './tls-option-error.ts';

/**
 * The groups for key exchange. OpenSSL's own list has finite-field ones, which cost a server milliseconds for each handshake that a client asks for with
 * them (CVE-2002-20001), and every browser has the others. The first one, which resists quantum computers, is known from OpenSSL 3.5 on, and may be missing there.
 */
const groups = `${hasHybrid(process.versions.openssl) ? '?X25519MLKEM768:' : ''}X25519:P-256:P-384`;

function hasHybrid(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 5);
}

/** What all contexts of a listener have in common. */
export interface ContextSettings {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers: string;
  readonly canResume: boolean;
}

/** The certificate of a context. */
export interface ContextCertificate {
  readonly found: FoundCertificate;
  /** What messages call it: its file, or the name it is for. */
  readonly from: string;
  readonly asked: AskedCertificates | null;
}

/** Creates a context. With no certificate every handshake fails that no other context takes over. */
export function makeContext(
  { minVersion, ciphers, canResume }: ContextSettings,
  certificate: ContextCertificate | null,
): SecureContext {
  // Renegotiation would let a client repeat the expensive part of a handshake at will.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION | (canResume ? 0 : constants.SSL_OP_NO_TICKET);
  const ecdhCurve = groups;
  const common = { minVersion, honorCipherOrder: true, secureOptions, ciphers, ecdhCurve };
  const pair = certificate === null ? {} : materialOf(certificate.found);
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
      `${certificate?.from}: OpenSSL does not take it: ${message}`,
      error,
    );
  }
}

function materialOf(found: FoundCertificate) {
  if ('cert' in found) return { cert: found.cert, key: found.key };
  return { pfx: Buffer.from(found.pfx), passphrase: found.passphrase };
}

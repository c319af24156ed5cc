import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type CertificateFacts, certificateFacts } from './certificate-facts.ts';
import { certificateError } from './errors.ts';

/** A certificate with its key, both PEM. The same object is the same certificate. */
export interface KeyedCertificate {
  /** That of the server first, then those between it and a known root. */
  readonly cert: string;
  readonly key: string;
}

/** A certificate as the store keeps it. */
export interface StoredCertificate extends KeyedCertificate, CertificateFacts {
  /** The name of the issuer that gave it to us: the host of an ACME directory, or `local`. */
  readonly from: string;
}

/** The text of a certificate in the store: a PEM file that other programs can read, with a line of ours before it. */
export function formatStored({ cert, key }: KeyedCertificate, from: string): string {
  return `Issued for Windhover by ${from}\n${key.trim()}\n${cert.trim()}\n`;
}

/** Reads a text of the store. Throws `CERTIFICATES_FILE_INVALID` if it is no certificate with its key. */
export function parseStored(text: string): StoredCertificate {
  const pair = parsePair(text, text);
  return {
    ...pair,
    ...certificateFacts(pair.cert),
    from: /^Issued for Windhover by (\S+)/.exec(text)?.[1] ?? 'somebody',
  };
}

/** Finds certificates and their key in PEM texts, and checks that they belong together. */
export function parsePair(certText: string, keyText: string): KeyedCertificate {
  const blocks = certText.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const [key] = keyText.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----/) ?? [];
  if (blocks.length === 0 || key === undefined)
    throw certificateError(
      'CERTIFICATES_FILE_INVALID',
      `expected PEM blocks of a certificate and of its key, found ${blocks.length === 0 ? 'no certificate' : 'no key'}`,
    );
  let isOurs: boolean;
  try {
    isOurs = new X509Certificate(blocks[0]!).checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    throw certificateError('CERTIFICATES_FILE_INVALID', `it cannot be read (${(error as Error).message})`, error);
  }
  if (!isOurs) throw certificateError('CERTIFICATES_FILE_INVALID', 'the key is not that of the first certificate');
  return { cert: `${blocks.join('\n')}\n`, key: `${key}\n` };
}

import { X509Certificate } from 'node:crypto';
import { certificateError } from './errors.ts';

/** What a certificate says about itself. Times are in milliseconds since the epoch. */
export interface CertificateFacts {
  /** The names it is for, in lower case; addresses too. */
  readonly names: readonly string[];
  readonly validFrom: number;
  readonly validTo: number;
  /** Who has issued it, for people. */
  readonly issuer: string;
  readonly serial: string;
  /** SHA-256 of the certificate, which nothing else has. */
  readonly fingerprint: string;
}

/** Reads the first certificate of a PEM text. Throws `CERTIFICATES_FILE_INVALID`. */
export function certificateFacts(pem: string | Uint8Array): CertificateFacts {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(pem);
  } catch (error) {
    throw certificateError('CERTIFICATES_FILE_INVALID', 'expected a PEM block with a certificate', error);
  }
  return {
    names: [...(leaf.subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name]) =>
      name!.toLowerCase(),
    ),
    validFrom: Date.parse(leaf.validFrom),
    validTo: Date.parse(leaf.validTo),
    issuer: /(?:^|\n)(?:CN|O)=(.*)/.exec(leaf.issuer)?.[1] ?? leaf.issuer.replaceAll('\n', ', '),
    serial: leaf.serialNumber,
    fingerprint: leaf.fingerprint256,
  };
}

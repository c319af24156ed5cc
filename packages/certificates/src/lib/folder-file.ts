import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { type CertificateFacts, certificateFacts } from './certificate-facts.ts';
import { certificateError } from './errors.ts';
import { type KeyedCertificate, parsePair } from './stored-certificate.ts';

/** A certificate with its key in one file of PKCS #12. */
export interface PfxCertificate {
  readonly pfx: Uint8Array;
  readonly passphrase: string;
}

/** What a folder holds for a name. */
export type FolderCertificate = KeyedCertificate | PfxCertificate;

/** A certificate that TLS can use, and what it says about itself. */
export interface FolderFile {
  readonly certificate: FolderCertificate;
  readonly facts: CertificateFacts;
}

/**
 * Reads a certificate with its key, and checks that they belong together. Rejects with `CERTIFICATES_FILE_INVALID`, or with the error of the disk.
 *
 * @param file ends in `.pem` or `.pfx`
 * @param hasKey whether the key of a `.pem` is in the file beside it that ends in `.key`
 * @param password opens a `.pfx`
 */
export async function readFolderFile(file: string, hasKey: boolean, password: string): Promise<FolderFile> {
  if (file.endsWith('.pfx')) {
    const pfx = await readFile(file);
    return { certificate: { pfx, passphrase: password }, facts: certificateFacts(certificateOfPfx(pfx, password)) };
  }
  const cert = await readFile(file, 'latin1');
  const certificate = parsePair(cert, hasKey ? await readFile(file.replace(/\.pem$/, '.key'), 'latin1') : cert);
  return { certificate, facts: certificateFacts(certificate.cert) };
}

/** Node opens PKCS #12 only for a TLS context, which then knows its certificate. */
function certificateOfPfx(pfx: Buffer, passphrase: string): Uint8Array {
  let context: unknown;
  try {
    context = createSecureContext({ pfx, passphrase }).context;
  } catch (error) {
    throw certificateError('CERTIFICATES_FILE_INVALID', faultOfPfx((error as Error).message), error);
  }
  const found = (context as { getCertificate?(): Uint8Array | null }).getCertificate?.() ?? null;
  if (found === null) throw certificateError('CERTIFICATES_FILE_INVALID', 'the file holds no certificate');
  return found;
}

function faultOfPfx(reason: string): string {
  if (reason.startsWith('mac verify'))
    return 'the password does not open it: give the password of the .pfx files with the folder, as `folder: { password }`';
  return `it cannot be read as PKCS #12 (${reason}): copy or export it again`;
}

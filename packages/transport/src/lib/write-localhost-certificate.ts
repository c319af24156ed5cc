import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateFiles } from './certificate-files.ts';
import { localhostCertificate } from './localhost-certificate.ts';

/**
 * Writes `localhostCertificate` to two files in a folder, for `createTls` in tests. Clients use `certFile` as their CA.
 */
export async function writeLocalhostCertificate(folder: string): Promise<CertificateFiles> {
  const files = { certFile: join(folder, 'localhost.crt'), keyFile: join(folder, 'localhost.key') };
  await writeFile(files.certFile, localhostCertificate.cert);
  await writeFile(files.keyFile, localhostCertificate.key, { mode: 0o600 });
  return files;
}

import { mkdirSync } from 'node:fs';
import { runProgram } from './programs.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

/**
 * Creates a self-signed certificate with a P-256 key: `certificate.pem` and `key.pem` in the folder that it returns.
 */
export async function createCertificate() {
  const folder = `${temporaryFolder}/tls`;
  mkdirSync(folder, { recursive: true });
  await runProgram('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-keyout', `${folder}/key.pem`, '-out', `${folder}/certificate.pem`],
  ]);
  return folder;
}

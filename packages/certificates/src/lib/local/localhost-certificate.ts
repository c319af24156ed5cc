import { join } from 'node:path';
import type { Clock, Logger } from '@windhover/core';
import { createCertificateManager } from '../certificate-manager.ts';
import { createFileCertificates } from '../file-certificates.ts';
import { createFileLeases } from '../file-leases.ts';
import type { KeyedCertificate } from '../stored-certificate.ts';
import { createLocalAuthority } from './local-authority.ts';

/** The certificate for `localhost`, renewed as long as it is open. */
export interface LocalhostCertificate {
  find(): KeyedCertificate | null | Promise<KeyedCertificate | null>;
  close(): Promise<void>;
}

/** How long the first one may take: some other process may be issuing it. */
const firstMs = 10_000;

/**
 * Opens the certificate for `localhost`, `127.0.0.1` and `::1` of the local authority in a folder, for HTTPS during development. Both are made if they
 * are missing.
 */
export async function openLocalhostCertificate(
  folder: string,
  { log, clock }: { readonly log: Logger; readonly clock: Clock },
): Promise<LocalhostCertificate> {
  const store = createFileCertificates(folder);
  const leases = createFileLeases(join(folder, 'leases'), clock);
  const issuers = [createLocalAuthority(store, { leases, clock })];
  const manager = createCertificateManager({ store, leases, issuers, log, clock });
  manager.manage(['localhost']);
  await manager.obtain('localhost', firstMs);
  return { find: () => manager.find('localhost'), close: () => manager.close() };
}

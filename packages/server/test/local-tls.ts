import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTls, type Tls } from '@windhover/transport';
import { writeLocalhostCertificate } from '@windhover/transport/testing';

/** TLS with the certificate for tests. */
export async function localTls(alpnProtocols?: readonly string[]): Promise<Tls> {
  const folder = await mkdtemp(join(tmpdir(), 'local-tls-'));
  const tls = await createTls({
    certificate: await writeLocalhostCertificate(folder),
    ...(alpnProtocols === undefined ? {} : { alpnProtocols }),
  });
  await rm(folder, { recursive: true });
  return tls;
}

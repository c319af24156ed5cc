import type { RevocationReason } from './certificate-issuer.ts';
import type { CertificateStore } from './certificate-store.ts';

/** A certificate that has been replaced, and that its authority does not know to be revoked yet. */
export interface PendingRevocation {
  /** PEM, without its key. */
  readonly cert: string;
  /** The name of its issuer. */
  readonly from: string;
  readonly reason: RevocationReason;
}

const pendingName = (name: string): string => `revocations/${name}.json`;

/** Reads what an earlier attempt has left; `null`: nothing. */
export async function readPendingRevocation(store: CertificateStore, name: string): Promise<PendingRevocation | null> {
  const text = await store.get(pendingName(name));
  if (text === null) return null;
  try {
    return JSON.parse(text) as PendingRevocation;
  } catch (error) {
    if (error instanceof SyntaxError) return null; // the certificate in use is revoked instead
    throw error;
  }
}

/** Keeps it for the next attempt, until the revocation has succeeded (`null`). */
export async function writePendingRevocation(
  store: CertificateStore,
  name: string,
  pending: PendingRevocation | null,
): Promise<void> {
  if (pending === null) await store.delete(pendingName(name));
  else await store.set(pendingName(name), JSON.stringify(pending));
}

import type { CertificateStore } from './certificate-store.ts';
import { nextStep } from './next-step.ts';
import { certificateTextName, type RecordedFailure, readOrderRecord } from './order-record.ts';
import { parseStored } from './stored-certificate.ts';

/** What people want to know about the certificate of a name. Times are in milliseconds since the epoch. */
export interface CertificateStatus {
  readonly name: string;
  /** The name of the issuer; `null`: there is no certificate yet. */
  readonly from: string | null;
  readonly validFrom: number | null;
  readonly validTo: number | null;
  /** As in `CertificateFacts`; `null`: there is no certificate yet. */
  readonly fingerprint: string | null;
  /** When it will be ordered at the earliest; `null`: never, since no issuer can. */
  readonly nextOrderAtMs: number | null;
  /** The last failure of each issuer since the last success. */
  readonly failures: readonly (RecordedFailure & { readonly issuer: string })[];
  /** Why the certificate in the store cannot be used; `null`: it can, or there is none. */
  readonly fault: string | null;
}

/**
 * Reads what the store knows of a name, without any server.
 *
 * @param issuers the names of those that can issue for it
 */
export async function readCertificateStatus(
  store: CertificateStore,
  name: string,
  issuers: readonly string[],
  now: number,
): Promise<CertificateStatus> {
  const record = await readOrderRecord(store, name);
  const text = await store.get(certificateTextName(name));
  let certificate = null;
  let fault: string | null = null;
  try {
    certificate = text === null ? null : parseStored(text);
  } catch (error) {
    fault = (error as Error).message;
  }
  const { atMs } = nextStep({ certificate, record, issuers, now, chance: 0 });
  return {
    name,
    from: certificate?.from ?? null,
    validFrom: certificate?.validFrom ?? null,
    validTo: certificate?.validTo ?? null,
    fingerprint: certificate?.fingerprint ?? null,
    nextOrderAtMs: Number.isFinite(atMs) ? Math.max(now, atMs) : null,
    failures: Object.entries(record.failures).map(([issuer, failure]) => ({ issuer, ...failure })),
    fault,
  };
}

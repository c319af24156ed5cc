import type { RenewalInfo } from './acme/renewal-info.ts';
import type { CertificateStore } from './certificate-store.ts';
import type { OrderFailure } from './retry-time.ts';

/** A failure with what people want to know of it. */
export interface RecordedFailure extends OrderFailure {
  readonly code: string;
  readonly message: string;
}

/** What all servers should know about the orders for one name. */
export interface OrderRecord {
  /** The failures in a row, by the name of the issuer. */
  readonly failures: Readonly<Record<string, RecordedFailure>>;
  /** What the authority says about the renewal of the current certificate; `null`: nothing yet. */
  readonly renewal: (RenewalInfo & { readonly serial: string }) | null;
}

/** Nothing has failed, and nothing is known. */
export const emptyRecord: OrderRecord = { failures: {}, renewal: null };

/** The name of a certificate's text in the store. */
export const certificateTextName = (name: string): string => `certificates/${name}.pem`;

const recordName = (name: string): string => `orders/${name}.json`;

export async function readOrderRecord(store: CertificateStore, name: string): Promise<OrderRecord> {
  const text = await store.get(recordName(name));
  if (text === null) return emptyRecord;
  try {
    const { failures, renewal } = JSON.parse(text) as Partial<OrderRecord>;
    return { failures: failures ?? {}, renewal: renewal ?? null };
  } catch (error) {
    if (error instanceof SyntaxError) return emptyRecord; // it only delays the next order
    throw error;
  }
}

export async function writeOrderRecord(store: CertificateStore, name: string, record: OrderRecord): Promise<void> {
  if (Object.keys(record.failures).length === 0 && record.renewal === null) await store.delete(recordName(name));
  else await store.set(recordName(name), JSON.stringify(record));
}

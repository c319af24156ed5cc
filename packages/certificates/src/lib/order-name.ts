import type { Clock, Logger } from '@windhover/core';
import { failureOf } from './acme/acme-problem.ts';
import type { RenewalInfo } from './acme/renewal-info.ts';
import type { CertificateIssuer } from './certificate-issuer.ts';
import type { CertificateStore } from './certificate-store.ts';
import { certificateError } from './errors.ts';
import { covers } from './name-rules.ts';
import {
  certificateTextName,
  emptyRecord,
  type OrderRecord,
  readOrderRecord,
  writeOrderRecord,
} from './order-record.ts';
import { formatStored, parseStored, type StoredCertificate } from './stored-certificate.ts';

/** What an order works with. */
export interface OrderContext {
  readonly store: CertificateStore;
  readonly issuers: readonly CertificateIssuer[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Hears of the new certificate before it is in the store, which may fail. */
  issued(name: string, certificate: StoredCertificate): void;
  /** It is in the store, where the other processes find it. */
  saved(name: string): void;
}

/** How long an authority that says nothing useful about renewals is not asked again. */
const silentMs = 6 * 3_600_000;
/** How often saving a new certificate is tried: it must not be lost, since authorities give a few for each name and week. */
const saveTries = 5;
const saveAgainMs = 2000;

/**
 * Orders a certificate for one name of the issuers that may be asked, one after the other, and puts it into the store. Returns the reason if all
 * have failed; their failures are then in the store, and the current certificate stays.
 */
export async function orderName(
  name: string,
  context: OrderContext,
  allowed: readonly string[],
  current: StoredCertificate | null,
): Promise<string | null> {
  const { store, clock, log, signal } = context;
  let record: OrderRecord = await readOrderRecord(store, name);
  let reason = 'no issuer may be asked now';
  for (const issuer of context.issuers.filter((each) => allowed.includes(each.name))) {
    try {
      const issued = await issueOf(issuer, name, context, current);
      context.issued(name, issued.certificate);
      await save(name, issued.text, context);
      context.saved(name);
      // A new certificate is asked about after a while only: an authority that always says "now" must not be obeyed at once, again and again.
      const { serial, validTo } = issued.certificate;
      const renewal = { window: unknownWindow, askAgainAtMs: clock.now() + silentMs, serial };
      await writeOrderRecord(store, name, issuer.renewalInfo === undefined ? emptyRecord : { ...emptyRecord, renewal });
      log.info('A certificate was issued', { name, by: issuer.name, expires: new Date(validTo).toISOString() });
      return null;
    } catch (error) {
      if (signal.aborted) throw error; // it says nothing about the issuer
      const { kind, retryAtMs } = failureOf(error);
      const { code = 'CERTIFICATES_ACME_UNREACHABLE', message } = error as Error & { readonly code?: string };
      const count = (record.failures[issuer.name]?.count ?? 0) + 1;
      const failure = { kind, count, atMs: clock.now(), retryAtMs, code, message };
      record = { ...record, failures: { ...record.failures, [issuer.name]: failure } };
      reason = message;
      log.warn('A certificate could not be ordered', { name, by: issuer.name, failures: count, code, error: message });
    }
  }
  await writeOrderRecord(store, name, record);
  return reason;
}

/** Asks the authority when to renew, and keeps the answer for all servers. */
export async function refreshRenewal(
  name: string,
  certificate: StoredCertificate,
  record: OrderRecord,
  { store, issuers, clock, log, signal }: OrderContext,
): Promise<OrderRecord> {
  const issuer = issuers.find((each) => each.name === certificate.from);
  const info = await issuer!.renewalInfo!(certificate, signal).catch((error: unknown) => {
    log.debug('The authority does not say when to renew', { name, error });
    return null;
  });
  const { serial } = certificate;
  const known = record.renewal?.serial === serial ? record.renewal.window : unknownWindow;
  const renewal: RenewalInfo = info ?? { window: known, askAgainAtMs: clock.now() + silentMs };
  const next = { ...record, renewal: { ...renewal, serial } };
  await writeOrderRecord(store, name, next);
  return next;
}

/** A window without length says nothing. */
const unknownWindow = { startsAtMs: 0, endsAtMs: 0 };

async function issueOf(
  issuer: CertificateIssuer,
  name: string,
  { clock, signal }: OrderContext,
  current: StoredCertificate | null,
): Promise<{ readonly certificate: StoredCertificate; readonly text: string }> {
  const replaces = current?.from === issuer.name && current.validTo > clock.now() ? current : null;
  const text = formatStored(await issuer.issue([name], signal, replaces), issuer.name);
  const certificate = parseStored(text);
  if (!covers(certificate.names, name) || certificate.validTo <= clock.now())
    throw certificateError(
      'CERTIFICATES_ACME_REFUSED',
      `${issuer.name} gave a certificate that is not good for ${name}`,
    );
  return { certificate, text };
}

async function save(name: string, text: string, { store, clock, log }: OrderContext): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await store.set(certificateTextName(name), text);
      return;
    } catch (error) {
      log.error('A new certificate could not be saved', { name, tries, error });
      if (tries === saveTries) throw error;
      await new Promise<void>((resolve) => void clock.schedule(saveAgainMs * tries, resolve));
    }
  }
}

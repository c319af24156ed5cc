import type { OrderRecord } from './order-record.ts';
import { renewalTime } from './renewal-time.ts';
import { retryTime } from './retry-time.ts';
import type { StoredCertificate } from './stored-certificate.ts';

/** What is known of one name. */
export interface NameState {
  readonly certificate: StoredCertificate | null;
  readonly record: OrderRecord;
  /** The names of the issuers that can issue for it, the preferred one first. */
  readonly issuers: readonly string[];
  readonly now: number;
  /** From 0 to 1. */
  readonly chance: number;
}

/** When to order next, and of whom. */
export interface NextStep {
  /** When the certificate is to be ordered; in the past: now. */
  readonly atMs: number;
  /** When the current certificate should be renewed; `null`: there is none. */
  readonly renewAtMs: number | null;
  /** The issuers that may be asked now. */
  readonly issuers: readonly string[];
}

/** Decides when a certificate is ordered: when it is missing or due, and an issuer may be asked that has not failed too shortly before. */
export function nextStep({ certificate, record, issuers, now, chance }: NameState): NextStep {
  const { renewal } = record;
  const suggested = renewal !== null && renewal.serial === certificate?.serial ? renewal.window : null;
  const renewAtMs = certificate === null ? null : renewalTime(certificate, chance, suggested);
  const leftMs = certificate === null ? null : Math.max(0, certificate.validTo - now);
  const readyAt = issuers.map((issuer) => {
    const failure = record.failures[issuer];
    return failure === undefined ? 0 : retryTime(failure, chance, leftMs);
  });
  const atMs = Math.max(renewAtMs ?? 0, Math.min(...readyAt)); // without issuers: never
  return { atMs, renewAtMs, issuers: issuers.filter((_, index) => readyAt[index]! <= now) };
}

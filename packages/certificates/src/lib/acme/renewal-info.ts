import { X509Certificate } from 'node:crypto';
import type { RenewalWindow } from '../renewal-time.ts';
import type { AcmeAnswer } from './acme-http.ts';
import { retryTimeOf } from './acme-problem.ts';

/** What an authority says about the renewal of a certificate. */
export interface RenewalInfo {
  readonly window: RenewalWindow;
  /** When to ask again. */
  readonly askAgainAtMs: number;
}

const hour = 3_600_000;
/** How often to ask (RFC 9773 §4.3.1): what the authority says, within these limits. */
const shortestMs = 60_000;
const longestMs = 24 * hour;
const usualMs = 6 * hour;

/** The name of a certificate in requests for renewal information (RFC 9773 §4.1); `null`: it does not name its issuer's key. */
export function renewalId(pem: string): string | null {
  const { raw, serialNumber } = new X509Certificate(pem);
  const keyId = authorityKeyId(raw);
  if (keyId === null) return null;
  const hex = serialNumber.length % 2 === 0 ? serialNumber : `0${serialNumber}`;
  const bytes = Buffer.from(hex, 'hex');
  const serial = bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes; // as DER: a positive number
  return `${keyId.toString('base64url')}.${serial.toString('base64url')}`;
}

/** Reads an answer of the authority; `null`: it does not say anything useful. */
export function readRenewalInfo({ status, headers, data }: AcmeAnswer, now: number): RenewalInfo | null {
  if (status !== 200 || typeof data !== 'object' || data === null) return null;
  const { suggestedWindow } = data as {
    readonly suggestedWindow?: { readonly start?: unknown; readonly end?: unknown };
  };
  const startsAtMs = Date.parse(String(suggestedWindow?.start));
  const endsAtMs = Date.parse(String(suggestedWindow?.end));
  if (!(endsAtMs > startsAtMs)) return null;
  const waitMs = (retryTimeOf(headers['retry-after'], now) ?? now + usualMs) - now;
  return { window: { startsAtMs, endsAtMs }, askAgainAtMs: now + Math.min(longestMs, Math.max(shortestMs, waitMs)) };
}

/**
 * Finds the identifier of the issuer's key: the extension 2.5.29.35 (RFC 5280 §4.2.1.1), which Node does not read. An octet string holds a
 * sequence, whose element with the tag 0 is the identifier.
 */
function authorityKeyId(der: Uint8Array): Buffer | null {
  const bytes = Buffer.from(der);
  const at = bytes.indexOf(Buffer.from('0603551d23', 'hex'));
  if (at === -1) return null;
  const outer = at + 5; // the octet string
  if (bytes[outer] !== 0x04 || bytes[outer + 2] !== 0x30 || bytes[outer + 4] !== 0x80) return null;
  const length = bytes[outer + 5]!;
  return bytes.subarray(outer + 6, outer + 6 + length);
}

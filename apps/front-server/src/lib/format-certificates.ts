import { formatDuration } from '@windhover/options';
import type { ListedCertificate, ListedStaple } from './list-certificates.ts';

const second = 1000;
const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;

/** Formats certificates for people: a line for each, and one for what went wrong. */
export function formatCertificates(certificates: readonly ListedCertificate[], now: number): string {
  if (certificates.length === 0) return 'The configuration has no certificates.\n';
  return certificates.map((each) => formatOne(each, now)).join('');
}

function formatOne(
  { name, source, isAutomatic, expires, nextOrder, lastError, staple }: ListedCertificate,
  now: number,
): string {
  const leftMs = expires === null ? null : Date.parse(expires) - now;
  const life = leftMs === null ? (source === null ? 'no certificate yet' : 'cannot be used') : describeLife(leftMs);
  const next =
    !isAutomatic || nextOrder === null
      ? ''
      : `, ${expires === null ? 'next try' : 'next order'} ${whenIs(Date.parse(nextOrder) - now)}`;
  const from = source === null ? '' : ` (${source})`;
  const error =
    lastError === null
      ? ''
      : `  failed ${whenIs(Date.parse(lastError.at) - now)} at ${lastError.by}: ${lastError.message}\n`;
  return `${name}: ${life}${next}${from}\n${error}${staple === null ? '' : formatStaple(staple, now)}`;
}

function formatStaple({ responder, goodUntil, isRequired, lastError }: ListedStaple, now: number): string {
  const life = goodUntil === null ? 'none' : `good, ends ${whenIs(Date.parse(goodUntil) - now)}`;
  const missing =
    goodUntil === null && isRequired ? ', without which clients refuse the certificate (must-staple)' : '';
  const failed = lastError === null ? '' : `; failed ${whenIs(Date.parse(lastError.at) - now)}: ${lastError.message}`;
  return `  OCSP answer of ${responder}: ${life}${missing}${failed}\n`;
}

function describeLife(leftMs: number): string {
  return leftMs <= 0 ? `expired ${whenIs(leftMs)}` : `expires ${whenIs(leftMs)}`;
}

/** Whole days, hours if it is less than two days, minutes if it is less than two hours, seconds if it is less than two minutes. */
function whenIs(ms: number): string {
  const size = Math.abs(ms);
  const unit = [day, hour, minute].find((each) => size >= 2 * each) ?? second;
  const rounded = Math.floor(size / unit) * unit;
  if (rounded === 0) return 'now';
  return ms < 0 ? `${formatDuration(rounded)} ago` : `in ${formatDuration(rounded)}`;
}

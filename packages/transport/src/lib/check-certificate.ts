import { systemClock } from '@windhover/core';
import { type CertificateFiles, type KeyPair, outOfDate, readKeyPair } from './certificate-files.ts';
import { checkCertificateFiles } from './check-certificate-files.ts';
import type { TransportError } from './errors.ts';
import { makeContext } from './make-context.ts';
import { nameMismatch } from './name-mismatch.ts';
import { pairsRead } from './pairs-read.ts';
import { serverNameKey } from './server-name-key.ts';
import { tlsProfiles } from './tls-profiles.ts';

/** What a certificate says that was read from files. */
export interface CheckedCertificate {
  /** The host names that it is for. */
  readonly names: readonly string[];
  /** When it ends, in milliseconds since the epoch. */
  readonly validTo: number;
}

/**
 * Checks files of which `createTls` is made later: that they can be read, that the key is that of the certificate, and that OpenSSL takes both. It costs a
 * tenth of what `createTls` does, and a `createTls` that gets the same object does not read the files again when it begins. Rejects with a `TransportError`
 * that names the file and says what to do.
 *
 * @returns the warnings: that the certificate is expired, or not valid yet
 */
export async function checkCertificate(files: CertificateFiles, now = systemClock.now()): Promise<TransportError[]> {
  const checked = checkCertificateFiles('certificate', files);
  const pair = await readKeyPair(checked);
  pairsRead.keep(files, pair);
  const warning = outOfDate(pair, checked, now);
  if (pair.glance === null) {
    const { cert, key } = pair;
    const certificate = { found: { cert, key }, from: checked.certFile, asked: null };
    makeContext({ ...tlsProfiles.intermediate, canResume: true }, certificate);
  }
  return warning === null ? [] : [warning];
}

/** What `checkCertificate` has read from this object. `null`: it has not been called with it. */
export function checkedCertificate(files: CertificateFiles): CheckedCertificate | null {
  const pair = pairsRead.of(files);
  return pair === null ? null : { names: namesOf(pair), validTo: pair.validTo };
}

/**
 * What `createTls` would warn of when it shows what `checkCertificate` has read from this object, without reading it again: that it is expired or not valid
 * yet, or not for a name. Empty if `checkCertificate` has not been called with it.
 *
 * @param names host names that it is shown for, which may begin with `*.`
 */
export function checkedWarnings(
  files: CertificateFiles,
  names: readonly string[],
  now = systemClock.now(),
): readonly TransportError[] {
  const pair = pairsRead.of(files);
  if (pair === null) return [];
  const mismatches = names.map((name) => nameMismatch(pair, serverNameKey(name), files.certFile));
  return [outOfDate(pair, files, now), ...mismatches].filter((warning) => warning !== null);
}

function namesOf(pair: KeyPair): readonly string[] {
  if (pair.glance !== null) return pair.glance.dnsNames;
  return [...(pair.leaf.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)].map(([, name]) => name!.toLowerCase());
}
